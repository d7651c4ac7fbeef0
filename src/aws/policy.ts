/** One value, or a list of them: AWS accepts either, and answers with whichever it was given or with the other. */
export type OneOrMore = string | readonly string[];

/** One statement of a policy, in IAM's own JSON. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  /** `"*"`, or values by type: `AWS`, `Service`, `Federated`, `CanonicalUser`. */
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
  readonly NotPrincipal?: "*" | Readonly<Record<string, OneOrMore>>;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  /** Operator -> key -> value or values. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** A policy of IAM, or of a resource such as a bucket or a repository. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** A policy of a resource that refuses every one of these actions that does not come over TLS. */
export const refusingPlainHttp = (action: string, resource: OneOrMore): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: action,
      Resource: resource,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

/** What IAM accepts a document without a version for. */
const FIRST_VERSION = "2008-10-17";

/**
 * The one spelling of a document that two documents of the same meaning share: lists sorted and without doubles, a list of one
 * as its value, an account's root as the account's number, statements in a list. Never changes its argument; values that are
 * not known yet stay where they are.
 */
export function canonicalPolicy(policy: PolicyDocument): PolicyDocument {
  if (!isRecord(policy)) return policy;
  const { Version, Id, Statement }: Partial<PolicyDocument> = policy;
  return {
    Version: Version ?? FIRST_VERSION,
    ...(Id === undefined ? {} : { Id }),
    Statement: [Statement ?? []]
      .flat()
      .map((statement) => (isRecord(statement) ? canonicalStatement(statement) : statement)),
  };
}

/** The canonical document in a JSON text, which IAM hands out URL-encoded and everyone else plain. */
export function parsePolicy(text: string): PolicyDocument {
  try {
    const policy: PolicyDocument = JSON.parse(text.trimStart().startsWith("{") ? text : decodeURIComponent(text));
    return canonicalPolicy(policy);
  } catch (error) {
    throw new Error(`AWS returned a policy that is not JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

/** The text of a document, as the calls that write policies take it. */
export const policyText = (policy: PolicyDocument): string => JSON.stringify(policy);

const canonicalStatement = (statement: Statement): Statement =>
  Object.assign({}, statement, mapValues(statement, canonicalField));

function canonicalField(value: unknown, name: string): unknown {
  switch (name) {
    case "Sid":
      return value === "" ? undefined : value;
    case "Action":
    case "NotAction":
    case "Resource":
    case "NotResource":
      return oneOrMore(value);
    case "Principal":
    case "NotPrincipal":
      return canonicalPrincipal(value);
    case "Condition":
      return canonicalCondition(value);
    default:
      return value;
  }
}

function canonicalPrincipal(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const principals = mapValues(value, (list, type) =>
    oneOrMore(type === "AWS" ? mapItems(list, (item) => accountOf(item)) : list),
  );
  // Everyone, in the longer of its two spellings.
  return Object.keys(principals).length === 1 && principals["AWS"] === "*" ? "*" : principals;
}

/** AWS turns a bare account number into the ARN of that account's root; the number is the same in every partition. */
const accountOf = (principal: unknown) =>
  typeof principal === "string" ? principal.replace(/^arn:[^:]*:iam::(\d{12}):root$/, "$1") : principal;

/** A condition that asks for nothing is the same as none. */
function canonicalCondition(value: unknown): unknown {
  if (!isRecord(value)) return value;
  if (Object.keys(value).length === 0) return undefined;
  return mapValues(value, (keys) => (isRecord(keys) ? mapValues(keys, conditionValue) : keys));
}

/** Condition values are texts to AWS, whether they were written as texts or not. */
const conditionValue = (value: unknown) =>
  oneOrMore(mapItems(value, (item) => (typeof item === "boolean" || typeof item === "number" ? String(item) : item)));

const mapItems = (value: unknown, change: (item: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map(change) : change(value);

function oneOrMore(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const unique = [...new Set(value as unknown[])].toSorted((a, b) => compare(textOf(a), textOf(b)));
  return unique.length === 1 ? unique[0] : unique;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const mapValues = (record: object, change: (value: unknown, key: string) => unknown) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

/** Plain data only: a value that stands for one that is not known yet is left alone. */
const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
