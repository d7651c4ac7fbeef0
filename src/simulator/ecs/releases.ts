import type { SimService, SimServiceDeployment } from "./records.ts";

/** Service deployments that are kept: ECS keeps those of ninety days. */
const KEPT = 100;
const UNDER_WAY: readonly SimServiceDeployment["status"][] = [
  "PENDING",
  "IN_PROGRESS",
  "STOP_REQUESTED",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
];

/** Whether nothing has come of it yet. */
export const isUnderWay = ({ status }: SimServiceDeployment) => UNDER_WAY.includes(status);

/** Begins a service deployment; one that is in progress gives way to it. Answers its id. */
export function beginRelease(
  service: SimService,
  { id: seed, taskDefinition, from, to }: { id: string; taskDefinition: string; from: string | undefined; to: string },
  now: number,
): string {
  const id = seed.slice(0, 21);
  for (const other of service.releases ?? [])
    if (isUnderWay(other))
      Object.assign(other, {
        status: "STOPPED",
        finishedAt: now,
        reason: "A newer service deployment took its place.",
      });
  const begun: SimServiceDeployment = {
    id,
    createdAt: now,
    status: "IN_PROGRESS",
    taskDefinition,
    to,
    ...(from === undefined ? {} : { from }),
  };
  service.releases = [begun, ...(service.releases ?? [])].slice(0, KEPT);
  return id;
}

/** Ends a service deployment: one that was going back has come back. */
export function endRelease(
  service: SimService,
  releaseId: string | undefined,
  status: "SUCCESSFUL" | "STOPPED",
  now: number,
  reason?: string,
): void {
  const found = service.releases?.find(({ id }) => id === releaseId);
  if (!found || !isUnderWay(found)) return;
  found.status = found.rollback && status === "SUCCESSFUL" ? "ROLLBACK_SUCCESSFUL" : status;
  found.finishedAt = now;
  if (reason !== undefined) found.reason = reason;
}
