import type { ServiceRef } from "../service-ref.ts";
import { broken, count, list, ok, sentence, unknown, waiting, type Verdict } from "./hop.ts";
import { parts } from "./network.ts";
import { subnetsOf } from "./routes.ts";
import type { Seen } from "./seen.ts";

export async function balancerVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const [{ isOpen, balancerName }, balancer, network] = await Promise.all([
    seen.front,
    seen.balancer,
    parts(seen.network, "subnets"),
  ]);
  const it = `Load balancer ${balancerName}`;
  if (!balancer) return broken(`${it} does not exist.`);
  const { Code: state, Reason: reason } = balancer.State ?? {};
  if (state === "provisioning") return waiting(`${it} is still being created (provisioning).`);
  if (state === "failed") return broken(`${it} failed: ${sentence(reason ?? "AWS gave no reason")}`);
  const isInternal = ref.stack.shared ? balancer.Scheme === "internal" : ref.stack.edge?.origin === "vpc";
  if (isInternal && balancer.Scheme !== "internal")
    return broken(`${it} is ${balancer.Scheme}, but \`edge.origin\` is "vpc", for which it has to be internal.`);
  if (!isInternal && balancer.Scheme !== "internet-facing")
    return broken(`${it} is ${balancer.Scheme}, so ${isOpen ? "users" : "CloudFront"} cannot reach it.`);
  const tier = isInternal ? "private" : "public";
  const wanted = subnetsOf(ref, network, tier).flatMap((subnet) => subnet?.SubnetId ?? []);
  const actual = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
  const missing = wanted.filter((id) => !actual.includes(id));
  const strange = actual.filter((id) => !wanted.includes(id));
  if (missing.length > 0) return broken(`${it} is not in ${tier} subnet ${list(missing)}.`);
  if (wanted.length > 0 && strange.length > 0)
    return broken(`${it} is in ${list(strange)}, which is not a ${tier} subnet of the stack.`);
  const impaired = state === "active_impaired" ? " (impaired: it routes traffic but cannot scale)" : "";
  return ok(`${it} is active${impaired} in ${count(actual.length, `${tier} subnet`)}.`);
}

export async function listenerVerdict({ names, stack }: ServiceRef, seen: Seen): Promise<Verdict> {
  const [{ isOpen }, balancer, listener] = await Promise.all([seen.front, seen.balancer, seen.listener]);
  if (!balancer) return unknown("There is no load balancer, so there is no listener to check.");
  const port = listener?.Port ?? (stack.domains.length > 0 ? 443 : 80);
  if (!listener) return broken(`Load balancer ${names.loadBalancer} does not listen on port ${port}.`);
  const [protocol, told] = port === 443 ? ["HTTPS", "HTTPS"] : ["HTTP", "plain HTTP"];
  if (listener.Protocol !== protocol)
    return broken(
      `The listener on port ${port} uses ${listener.Protocol}, but ${isOpen ? "users send" : "CloudFront sends"} ${told}.`,
    );
  const [action] = listener.DefaultActions ?? [];
  if (!action) return broken(`The listener on port ${port} has no default action.`);
  const status = action.FixedResponseConfig?.StatusCode;
  return ok(
    status === undefined
      ? `The listener on port ${port} exists; requests that match no rule get its default action, ${action.Type}.`
      : `The listener on port ${port} exists; requests that match no rule get a ${status}.`,
  );
}
