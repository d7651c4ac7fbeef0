import type { CertificateDetail } from "@aws-sdk/client-acm";

/** What a certificate waits for, and what to do about it: the status that is shown while a run waits. */
export function pendingText({ DomainValidationOptions: options = [] }: CertificateDetail): string {
  const open = options.filter(({ ValidationStatus: status }) => status !== "SUCCESS");
  const records = new Map(
    open.flatMap(({ ResourceRecord: { Name, Type, Value } = {} }) =>
      Name === undefined || Value === undefined ? [] : [[Name, `${Name} ${Type ?? "CNAME"} ${Value}`] as const],
    ),
  );
  if (records.size === 0) return "PENDING_VALIDATION, AWS has not named its validation records yet";
  const list = [...records.values()].join("; ");
  const them = records.size === 1 ? "it" : "them";
  return `PENDING_VALIDATION until public DNS has ${list} (where DNS is not in Route 53 of this account, create ${them} at its provider; otherwise let the registrar name the zone's name servers)`;
}
