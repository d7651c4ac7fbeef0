import type { ServiceRef } from "../service-ref.ts";
import { broken, ok, RECONCILE, RELEASE, unknown, waiting, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function imageVerdict({ names }: ServiceRef, seen: Seen): Promise<Verdict> {
  const [service, image, released] = await Promise.all([seen.service, seen.image, seen.released]);
  if (!image) return broken(`Task definition ${names.taskFamily} does not exist.`);
  const { revision, uri, found } = image;
  const it = `Task definition ${revision}`;
  if (!released && found !== "elsewhere")
    return waiting(`${it} is waiting for the first release, which replaces the placeholder image ${uri}.`, RELEASE);
  if (found === "there") return ok(`${it} uses image ${uri}, which exists.`);
  if (found === "no repository")
    return broken(`${it} uses image ${uri}, whose repository does not exist.`, `${RECONCILE} Then deploy again.`);
  if (found === "elsewhere")
    return (service?.runningCount ?? 0) > 0
      ? ok(`${it} uses image ${uri}, and tasks are running.`)
      : unknown(`${it} uses image ${uri}, which is in another registry and was not checked.`);
  return broken(`${it} uses image ${uri}, which does not exist, so no new task can start.`, RELEASE);
}
