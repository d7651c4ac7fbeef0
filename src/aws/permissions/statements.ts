import reference from "../../authorization/reference.json" with { type: "json" };
import { CREATES_LINKED_ROLE, PASSES_TO } from "../../authorization/calls.ts";
import { ENVIRONMENT_TAG, STACK_TAG } from "../tags.ts";
import { placesOf, type Owner, type Place, type Places } from "./places.ts";

/** One statement of a policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

/** Condition keys and their values, by operator. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

interface Facts {
  readonly level: string;
  readonly types: Readonly<Record<string, { readonly required?: boolean; readonly keys: readonly string[] }>>;
  readonly keys: readonly string[];
}

const ACTIONS: Readonly<Record<string, Facts>> = reference.actions;
const TYPES: Readonly<Record<string, { readonly keys: readonly string[] }>> = reference.types;

/** Whether an action changes nothing, by the service authorization reference's access level. */
export const isRead = (action: string): boolean => /^(Read|List)$/.test(ACTIONS[action]?.level ?? "");

/** What a permission is limited to. */
interface Grant {
  readonly action: string;
  readonly resources: readonly string[];
  readonly condition?: Condition;
}

/** The types of a network that may be others'. */
const NETWORK: readonly string[] = ["route-table", "subnet", "vpc"];

/** Actions that are also asked of what has no name of the stack's: their resource is everything of their type. */
const WIDE: readonly string[] = [
  "cloudwatch:DescribeAlarms",
  // Subnets go back to the VPC's default ACL, which AWS created and which has no tags.
  "ec2:ReplaceNetworkAclAssociation",
  "ecs:ListTasks",
  "elasticfilesystem:DescribeAccessPoints",
  "elasticfilesystem:DescribeFileSystems",
  "logs:UpdateDeliveryConfiguration",
  "servicediscovery:GetOperation",
];

/** The permissions for these actions in a stack, one or more for each. Throws for an action that the reference does not have. */
export function grantsOf(actions: Iterable<string>, places: Places): Grant[] {
  const where = placesOf(places);
  const all = [...new Set(actions)].toSorted();
  return all.flatMap((action) => {
    if (action === "iam:PassRole") return passing(all, where);
    if (action === "iam:CreateServiceLinkedRole") return linking(all, places);
    return grantsFor(action, places, where);
  });
}

/** The stack's roles, passed to the services that the calls pass them to. */
function passing(actions: readonly string[], where: Readonly<Record<string, Place>>): Grant[] {
  const services = [...new Set(actions.flatMap((action) => PASSES_TO[action] ?? []))].toSorted();
  const resources = where["iam:role"]?.arns ?? [];
  if (services.length === 0) return [];
  return [{ action: "iam:PassRole", resources, condition: { StringEquals: { "iam:PassedToService": services } } }];
}

/** The service-linked roles that the calls create where the account has none. */
function linking(actions: readonly string[], { partition, account }: Places): Grant[] {
  const services = actions.flatMap((action) => CREATES_LINKED_ROLE[action]?.service ?? []).toSorted();
  if (services.length === 0) return [];
  return [
    {
      action: "iam:CreateServiceLinkedRole",
      resources: services.map((service) => `arn:${partition}:iam::${account}:role/aws-service-role/${service}/*`),
      condition: { StringEquals: { "iam:AWSServiceName": services } },
    },
  ];
}

function grantsFor(action: string, places: Places, where: Readonly<Record<string, Place>>): Grant[] {
  const facts = ACTIONS[action];
  if (!facts) throw new Error(`AWS's service authorization reference has no action ${action}.`);
  const [service = ""] = action.split(":");
  const types = typesOf(action, service, facts, where);
  if (types.length === 0 || WIDE.includes(action)) return [general(action, facts, places)];
  if (action === "route53:ChangeResourceRecordSets") return [records(action, places, where)];
  const own = types.flatMap((type) => onType(action, service, type, facts, places, where[`${service}:${type}`]));
  return service === "ec2" && !isRead(action) ? [...own, ...inNetwork(action, types, facts, places)] : own;
}

/** What a stack does in the network of others: it puts resources of its own there. */
function inNetwork(action: string, types: readonly string[], facts: Facts, places: Places): Grant[] {
  const { partition, region, account, network } = places;
  if (!network || action.endsWith("Tags")) return [];
  const arn = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
  const theirs = types.filter((type) => NETWORK.includes(type) && facts.types[type]?.keys.includes("aws:ResourceTag"));
  if ("owner" in network)
    return theirs.map((type) => ({
      action,
      resources: [arn(`${type}/*`)],
      condition: tagged("ResourceTag", network.owner),
    }));
  return theirs.flatMap((type): Grant[] => {
    if (type === "vpc") return [{ action, resources: [arn(`vpc/${network.vpc}`)] }];
    if (!facts.types[type]?.keys.includes("ec2:Vpc")) return [];
    return [
      { action, resources: [arn(`${type}/*`)], condition: { ArnEquals: { "ec2:Vpc": arn(`vpc/${network.vpc}`) } } },
    ];
  });
}

/** The types of an action that a stack has resources of. */
function typesOf(action: string, service: string, facts: Facts, where: Readonly<Record<string, Place>>): string[] {
  // The reference merges both generations of load balancers: tags are of all types ("Policy resources", its user guide).
  if (/^elasticloadbalancing:(Add|Remove)Tags$/.test(action))
    return Object.keys(where).flatMap((type) =>
      type.startsWith(`${service}:`) ? [type.slice(service.length + 1)] : [],
    );
  return Object.keys(facts.types).filter((type) => where[`${service}:${type}`] !== undefined);
}

/** An action without resources: the tags of what it creates limit it, if it has any. */
function general(action: string, facts: Facts, places: Places): Grant {
  // A detector is the account's, and gets no tags.
  const creates =
    action !== "guardduty:CreateDetector" && /:(Create|Request)/.test(action) && facts.keys.includes("aws:RequestTag");
  return { action, resources: ["*"], ...(creates && { condition: tagged("RequestTag", places) }) };
}

/** An action on one type of resources, by name or by the stack's tags. */
function onType(action: string, service: string, type: string, facts: Facts, places: Places, place?: Place): Grant[] {
  const { arns = [], byTag } = place ?? {};
  // Nothing is tagged that cannot be told to be the stack's.
  if (!byTag && /^ec2:.*Tags$/.test(action)) return [];
  const own = facts.types[type]?.keys ?? [];
  const ofType = service === "ec2" ? [] : (TYPES[`${service}:${type}`]?.keys ?? []);
  const keys = [...facts.keys, ...own, ...ofType];
  // What is gone has no tags: a read that asks for it has to be answered that it is gone.
  if (!byTag || isRead(action) || !keys.includes("aws:ResourceTag")) {
    const requested = byTag && !isRead(action) && keys.includes("aws:RequestTag");
    return [{ action, resources: arns, ...(requested && { condition: tagged("RequestTag", places) }) }];
  }
  const existing = { action, resources: arns, condition: tagged("ResourceTag", places) };
  if (!keys.includes("aws:RequestTag") || /:(Untag|DeleteTags|Remove)/.test(action)) return [existing];
  const created = tagged("RequestTag", places);
  // Tags that come with a create call only: otherwise whoever may tag could make anything the stack's.
  const condition = action === "ec2:CreateTags" ? { ...created, Null: { "ec2:CreateAction": "false" } } : created;
  return [existing, { action, resources: arns, condition }];
}

const tagged = (key: "RequestTag" | "ResourceTag", { name, environment }: Owner): Condition => ({
  StringEquals: { [`aws:${key}/${STACK_TAG}`]: name, [`aws:${key}/${ENVIRONMENT_TAG}`]: environment },
});

/** The records of the stack's domains, and those that prove that they are the account's. */
const records = (action: string, { domains }: Places, where: Readonly<Record<string, Place>>): Grant => ({
  action,
  resources: where["route53:hostedzone"]?.arns ?? [],
  condition: {
    "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"] },
    ...(domains.length > 0 && {
      "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": domains.flatMap((domain) => {
          const plain = domain.replace(/^\*\./, "");
          return [domain.replace("*", String.raw`\052`), `_*.${plain}`];
        }),
      },
    }),
  },
});

/** Statements with as few repetitions as possible: permissions on the same resources under the same condition are one. */
export function statementsOf(grants: readonly Grant[]): Omit<Statement, "Sid">[] {
  const byAction = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.action, grant.condition]);
    const known = byAction.get(key);
    byAction.set(key, known ? { ...known, resources: [...new Set([...known.resources, ...grant.resources])] } : grant);
  }
  const groups = new Map<string, { actions: string[]; grant: Grant }>();
  for (const grant of byAction.values()) {
    const resources = grant.resources.toSorted();
    const key = JSON.stringify([resources, grant.condition]);
    const group = groups.get(key) ?? { actions: [], grant: { ...grant, resources } };
    group.actions.push(grant.action);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ actions, grant }) => ({
    Effect: "Allow",
    Action: actions.toSorted(),
    Resource: grant.resources,
    ...(grant.condition && { Condition: grant.condition }),
  }));
}
