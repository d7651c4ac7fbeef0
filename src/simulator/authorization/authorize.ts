// Whether whoever calls the simulated AWS may: every action that a call is authorized as, on every resource that it is about, is asked of the
// caller's policies, as IAM does before a service looks at the request.
import { CREATES_LINKED_ROLE, prefixOf } from "../../authorization/calls.ts";
import { SimulatedError } from "../errors.ts";
import { statementsOf } from "../iam/documents.ts";
import { evaluate, type PolicyStatement, type Verdict } from "../iam/evaluate.ts";
import { listOf } from "../iam/matching.ts";
import type { Sim } from "../sim.ts";
import { requestsOf, type Asked, type AskedCall } from "./requests.ts";

/** Who calls the simulated AWS, and what they may do. */
export interface Caller {
  /** The documents of their identity-based policies; left out: they may do everything. */
  readonly policies?: readonly string[];
  /** Told each action that a call was authorized as, and what IAM answered. */
  readonly asked?: (asked: Asked, verdict: Verdict) => void;
}

/** The caller, as GetCallerIdentity answers it. */
const arnOf = (sim: Sim): string => sim.arn("iam", "user/local", "");

/** Statements of policies, by the action that they name; those with a pattern apply to any. */
interface Indexed {
  readonly named: ReadonlyMap<string, readonly PolicyStatement[]>;
  readonly general: readonly PolicyStatement[];
}

const indexes = new WeakMap<readonly string[], Indexed>();

/** The statements that may be about an action: a whole policy names hundreds of others. */
function statementsAbout(policies: readonly string[], action: string): readonly PolicyStatement[] {
  const known = indexes.get(policies) ?? indexed(policies.flatMap((text) => statementsOf(text)));
  indexes.set(policies, known);
  return [...known.general, ...(known.named.get(action.toLowerCase()) ?? [])];
}

function indexed(statements: readonly PolicyStatement[]): Indexed {
  const named = new Map<string, PolicyStatement[]>();
  const isNamed = (one: PolicyStatement) =>
    one["NotAction"] === undefined && listOf(one["Action"]).every((action) => !/[*?]/.test(action));
  for (const one of statements.filter(isNamed))
    for (const action of listOf(one["Action"])) {
      const key = action.toLowerCase();
      named.set(key, [...(named.get(key) ?? []), { ...one, Action: action }]);
    }
  return { named, general: statements.filter((one) => !isNamed(one)) };
}

/** Refuses a call that the caller may not make, with the service's own code. */
export function authorize(caller: Caller, call: AskedCall, sim: Sim): void {
  for (const asked of requestsOf(call, sim)) ask(caller, call, asked, sim);
  const role = CREATES_LINKED_ROLE[`${prefixOf(call.service)}:${call.operation}`];
  if (role) sim.global<{ name: string }>("~iam.linkedRoles")[role.service] ??= { name: role.name };
}

/**
 * The same for an object that does not exist: who may not list the bucket is not told so (Amazon S3 API Reference, GetObject: 403 instead of
 * 404 without s3:ListBucket).
 */
export function authorizeAbsence(caller: Caller, call: AskedCall, sim: Sim): void {
  const { Bucket = "" } = call.input as { Bucket?: string };
  const asked = { action: "s3:ListBucket", resource: `arn:aws:s3:::${Bucket}`, context: {} };
  ask(caller, call, asked, sim);
}

function ask(caller: Caller, call: AskedCall, asked: Asked, sim: Sim): void {
  const context = { ...asked.context, "aws:PrincipalArn": arnOf(sim) };
  const verdict = caller.policies
    ? evaluate(statementsAbout(caller.policies, asked.action), { ...asked, context })
    : "allowed";
  caller.asked?.(asked, verdict);
  if (verdict !== "allowed") throw denied(arnOf(sim), call, asked, verdict, sim);
}

/**
 * The code of a denied call where it is not `AccessDeniedException`, the common one of services that speak JSON: EC2 API Reference, "Error
 * codes"; botocore's models of SNS (AuthorizationError) and CloudFront (AccessDenied); "Common errors" of the others.
 */
const CODES: Readonly<Record<string, string>> = {
  cloudfront: "AccessDenied",
  cloudwatch: "AccessDenied",
  ec2: "UnauthorizedOperation",
  elasticloadbalancing: "AccessDenied",
  iam: "AccessDenied",
  route53: "AccessDenied",
  s3: "AccessDenied",
  sns: "AuthorizationErrorException",
};

function denied(arn: string, call: AskedCall, { action, resource }: Asked, verdict: Verdict, sim: Sim): SimulatedError {
  const prefix = prefixOf(call.service);
  // A response to HEAD has no body: the SDK knows its status alone.
  if (call.operation.startsWith("Head")) return new SimulatedError("UnknownError", "UnknownError", 403);
  const why =
    verdict === "explicitly denied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  // IAM user guide, "Troubleshoot access denied error messages".
  const words = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  const message =
    prefix === "ec2"
      ? `You are not authorized to perform this operation. ${words}. Encoded authorization failure message: ${sim.world.hex(32)}`
      : words;
  return new SimulatedError(CODES[prefix] ?? "AccessDeniedException", message, 403);
}
