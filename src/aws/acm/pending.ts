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
  return `PENDING_VALIDATION until public DNS has ${list}. If the domain's DNS is not in Route 53 of this account, create ${
    records.size === 1 ? "that record" : "those records"
  } at its provider; otherwise check that the domain's registrar names the name servers of that hosted zone. The run can be interrupted: the next reconcile continues`;
}
