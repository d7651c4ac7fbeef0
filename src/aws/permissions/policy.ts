import {
  EXISTING_VPC,
  FACTS,
  LOOKING,
  RELEASING,
  RUNNING,
  SHARED,
  STATE,
  STORED_PARAMETERS,
  STORED_SECRETS,
  REPLICATION,
  TWO_REGIONS,
  ZONES,
} from "./commands.ts";
import { KIND_ACTIONS } from "./kinds.ts";
import type { Places } from "./places.ts";
import { grantsOf, isRead, statementsOf, type Statement } from "./statements.ts";

/** What whoever has a policy can do. */
export type Purpose = "everything" | "release" | "read";

/** A statement that has no Sid yet. */
export type OwnStatement = Omit<Statement, "Sid">;

/** What a policy is for. */
export interface PolicyRequest {
  readonly purpose: Purpose;
  readonly places: Places;
  /** The types of the kinds that the stack has, or had, resources of. */
  readonly types: ReadonlySet<string>;
  /** Statements for kinds of the user's own. */
  readonly own: readonly OwnStatement[];
  /** Actions of kinds of the user's own. */
  readonly actions: readonly string[];
  readonly parameters: boolean;
  readonly secrets: boolean;
  /** Whether it is for a region that the config no longer has, where secrets may still be replicas. */
  readonly leftBehind: boolean;
}

/** The characters of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas"). */
const MOST = 6_144;

/** A policy document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** Every action that a policy of this purpose has, in no order. */
export function actionsFor(request: Omit<PolicyRequest, "own">): string[] {
  const { purpose, places, types } = request;
  const rows = Object.entries(KIND_ACTIONS);
  const kinds = rows.flatMap(([type, { reads, changes, obstacles = [], lists = [] }]) =>
    types.has(type) ? [...reads, ...(purpose === "everything" ? [...changes, ...obstacles] : [])] : lists,
  );
  return [
    ...kinds,
    ...request.actions.filter((action) => purpose === "everything" || isRead(action)),
    ...FACTS,
    ...LOOKING,
    ...(places.network === undefined ? [] : "owner" in places.network ? SHARED : EXISTING_VPC),
    ...(places.regions.length > 1 ? TWO_REGIONS : []),
    ...(request.secrets || types.has("secretsmanager/secret") ? replicationFor(request) : []),
    ...(places.domains.length > 0 ? ZONES : []),
    ...(request.secrets ? STORED_SECRETS : []),
    ...(request.parameters ? STORED_PARAMETERS : []),
    ...(purpose === "read" ? [] : RELEASING),
    ...(purpose === "everything" ? RUNNING : []),
  ].filter((action) => purpose !== "read" || isRead(action));
}

/** What secrets take that are, or were, replicas or have some. */
const replicationFor = ({ places, leftBehind }: Omit<PolicyRequest, "own">): readonly string[] =>
  leftBehind ? ["secretsmanager:StopReplicationToReplica"] : places.regions.length > 1 ? REPLICATION : [];

/** The documents of a policy, each of which fits a managed policy, and has statements with Sids that none of the others has. */
export function policyFor(request: PolicyRequest): PolicyDocument[] {
  const { places, purpose, own } = request;
  const statements = statementsOf(grantsOf(actionsFor(request), places));
  const all = [
    ...statements,
    ...stateStatements(places, purpose),
    ...secretStatements(places),
    ...scanningStatements(request),
    ...(purpose === "everything" ? own : []),
  ];
  return documentsOf(all.flatMap(fitting));
}

/** The state's objects in S3; whoever only reads takes no lock. */
function stateStatements({ partition, state }: Places, purpose: Purpose): OwnStatement[] {
  if (!state) return [];
  const bucket = `arn:${partition}:s3:::${state.bucket}`;
  const actions = STATE.filter((action) => action !== "s3:ListBucket" && (purpose !== "read" || isRead(action)));
  return [
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucket] },
    { Effect: "Allow", Action: actions, Resource: [`${bucket}/${state.prefix}*`] },
  ];
}

/** Secrets that the config names: their ARNs end with six characters of AWS's. */
function secretStatements({ partition, regions, account, secrets }: Places): OwnStatement[] {
  if (secrets.length === 0) return [];
  const Resource = secrets.flatMap((one) => {
    if (one.startsWith("arn:")) return [one.replace(/(:secret:[^:]+):.*$/, "$1")];
    return regions.flatMap((region) => {
      const arn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${one}`;
      return [arn, `${arn}-??????`];
    });
  });
  return [{ Effect: "Allow", Action: STORED_SECRETS, Resource: [...new Set(Resource)].toSorted() }];
}

/** The registry's scanning is turned on for all of its repositories at once, so those that are scanned already are looked for among all. */
function scanningStatements({ purpose, types, places: { partition, region, account } }: PolicyRequest): OwnStatement[] {
  if (purpose !== "everything" || !types.has("ecr/enhanced-scanning")) return [];
  const Resource = [`arn:${partition}:ecr:${region}:${account}:repository/*`];
  return [{ Effect: "Allow", Action: ["ecr:DescribeRepositories"], Resource }];
}

const sizeOf = (value: unknown): number => JSON.stringify(value).length;

/** Room for what is around the statements of a document, and for a Sid. */
const AROUND = sizeOf({ Version: "2012-10-17", Statement: [] }) + 60;

/** A statement that fits a document: one with too many actions becomes several. */
function fitting(statement: OwnStatement): OwnStatement[] {
  if (sizeOf(statement) + AROUND <= MOST || statement.Action.length < 2) return [statement];
  const half = Math.ceil(statement.Action.length / 2);
  return [statement.Action.slice(0, half), statement.Action.slice(half)].flatMap((Action) =>
    fitting({ ...statement, Action }),
  );
}

/** Statements in as few documents as it takes, largest first. */
function documentsOf(statements: readonly OwnStatement[]): PolicyDocument[] {
  const documents: { size: number; statements: Statement[] }[] = [];
  const sids = new Map<string, number>();
  for (const one of statements.toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    const statement = { Sid: sidOf(one, sids), ...one };
    const size = sizeOf(statement) + 1;
    const room = documents.find((document) => document.size + size <= MOST);
    if (room) {
      room.size += size;
      room.statements.push(statement);
    } else documents.push({ size: sizeOf({ Version: "2012-10-17", Statement: [] }) + size, statements: [statement] });
  }
  return documents.map((document) => ({ Version: "2012-10-17", Statement: document.statements }));
}

/** A name for a statement, of letters and digits: its service, and what limits it. */
function sidOf({ Action, Resource, Condition }: OwnStatement, taken: Map<string, number>): string {
  const services = [...new Set(Action.map((action) => action.split(":")[0] ?? ""))];
  const [service = ""] = services;
  const plain = service.replaceAll(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
  const text = JSON.stringify(Condition ?? {});
  const what = text.includes("RequestTag") ? "New" : text.includes("ResourceTag") ? "Own" : "";
  const base = services.length > 1 ? (Resource.includes("*") ? "Lists" : "Several") : `${plain}${what}`;
  const count = (taken.get(base) ?? 0) + 1;
  taken.set(base, count);
  return count === 1 ? base : `${base}${count}`;
}
