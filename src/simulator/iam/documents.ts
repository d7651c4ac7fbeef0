import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import { listOf } from "./matching.ts";
import type { SimRole } from "./records.ts";

type Document = { Version?: unknown; Statement?: unknown };
type Fields = Readonly<Record<string, unknown>>;

const malformed = (message: string): never => refuse("MalformedPolicyDocumentException", message);

/** Documents that IAM took, parsed: at the most so many, since a process may live for long. */
const MOST = 200;
const taken = new Map<string, readonly Fields[]>();

/** The statements of a document that IAM has taken before; the same objects for the same text. */
export function parsedStatements(text: string | undefined): readonly Fields[] {
  const known = taken.get(text ?? "");
  if (known) return known;
  const statements = statementsOf(text);
  if (taken.size >= MOST) taken.clear();
  taken.set(text ?? "", statements);
  return statements;
}

/** The statements of a document that IAM would take at all. */
export function statementsOf(text: string | undefined, refusal: (message: string) => never = malformed): Fields[] {
  let document: Document;
  try {
    document = JSON.parse(text ?? "") as Document;
  } catch {
    return refusal("This policy contains invalid Json");
  }
  const { Version = "2008-10-17", Statement } = document;
  if (Version !== "2008-10-17" && Version !== "2012-10-17")
    return refusal("The policy must contain a valid version string");
  const statements = [Statement ?? []].flat() as Fields[];
  if (statements.length === 0) return refusal("Missing required field Statement");
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined);
  if (new Set(sids).size < sids.length) return refusal(`Statement IDs (SID) in a single policy must be unique.`);
  for (const statement of statements) {
    if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") return refusal("Syntax errors in policy.");
    const actions = [...listOf(statement["Action"]), ...listOf(statement["NotAction"])];
    if (actions.length === 0) return refusal("Missing required field Action");
    if (actions.some((action) => action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)))
      return refusal("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  return statements;
}

/** Refuses what is no trust policy, and principals that IAM does not know. */
export function checkTrust(sim: Sim, text: string | undefined): void {
  for (const statement of statementsOf(text)) {
    if (statement["Principal"] === undefined) malformed("Missing required field Principal");
    if (statement["Resource"] !== undefined) malformed("Has prohibited field Resource");
    checkPrincipals(sim, statement["Principal"], malformed);
  }
}

/** Refuses what is no policy of an identity. */
export function checkPolicy(text: string | undefined): void {
  for (const statement of statementsOf(text)) {
    if (statement["Principal"] !== undefined) malformed("Policy document should not specify a principal.");
    const resources = [...listOf(statement["Resource"]), ...listOf(statement["NotResource"])];
    if (resources.length === 0) malformed("Policy statement must contain resources.");
    for (const resource of resources)
      if (resource !== "*" && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/.test(resource))
        malformed(`Resource ${resource} must be in ARN format or "*".`);
  }
}

/** Refuses principals of this account that do not exist. */
export function checkPrincipals(sim: Sim, principal: unknown, refusal: (message: string) => never): void {
  if (typeof principal === "string") {
    if (principal !== "*") refusal("Invalid principal in policy.");
    return;
  }
  for (const [type, values] of Object.entries((principal ?? {}) as Fields))
    for (const value of listOf(values)) {
      if (type === "Service" && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(value))
        refusal(`Invalid principal in policy: "SERVICE":"${value}"`);
      const role = type === "AWS" && value.includes(":role/");
      if (role && !Object.values(sim.global<SimRole>("iam.roles")).some(({ arn }) => arn === value))
        refusal(`Invalid principal in policy: "AWS":"${value}"`);
    }
}
