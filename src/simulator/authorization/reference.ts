import reference from "../../authorization/reference.json" with { type: "json" };

/** What the service authorization reference says of a resource type of an action. */
interface ActionType {
  readonly required?: boolean;
  /** Condition keys that this action has for this type. */
  readonly keys: readonly string[];
}

/** What it says of an action. */
export interface ActionFacts {
  readonly level: string;
  readonly types: Readonly<Record<string, ActionType>>;
  readonly keys: readonly string[];
}

/** What it says of a resource type. */
interface TypeFacts {
  /** `arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}`. */
  readonly arn: string;
  readonly keys: readonly string[];
}

const ACTIONS: Readonly<Record<string, ActionFacts>> = reference.actions;
const TYPES: Readonly<Record<string, TypeFacts>> = reference.types;

/** What is known of an action, such as `ecs:CreateService`. */
export const actionFacts = (action: string): ActionFacts | undefined => ACTIONS[action];

/** What a variable of a service's ARNs stands for, where it may have slashes in it. */
const NAMES: Readonly<Record<string, string>> = {
  ecr: ".+",
  iam: ".+",
  logs: "[^:]+",
  "s3:object": ".+",
  secretsmanager: ".+",
  ssm: ".+",
};

const patterns = new Map<string, RegExp>();

/** Whether an ARN is of a resource type, such as `cluster` of `ecs`. */
export function isOfType(service: string, type: string, arn: string): boolean {
  const name = `${service}:${type}`;
  const known = patterns.get(name) ?? patternOf(service, name);
  patterns.set(name, known);
  return known.test(arn);
}

function patternOf(service: string, name: string): RegExp {
  // The reference has the classic load balancers' ARNs for what both generations do; those of the other one have more parts
  // (Elastic Load Balancing user guide, "Policy resources for Elastic Load Balancing").
  if (name === "elasticloadbalancing:loadbalancer") return /:loadbalancer\/.+$/;
  const { arn = "" } = TYPES[name] ?? {};
  const variable = NAMES[name] ?? NAMES[service] ?? "[^/:]+";
  const parts = arn.split(/(\$\{\w+\})/).map((part) => {
    if (!part.startsWith("${")) return part.replaceAll(/[.*+?^()|[\]\\]/g, String.raw`\$&`);
    if (/Partition|Region|Account\}/.test(part)) return "[^:]*";
    return name === "s3:object" && part.includes("Bucket") ? "[^/:]+" : variable;
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}

/**
 * Whether a condition key is in the context of an action on a resource type. EC2's key columns say it of each action and type; those of other
 * services say it of the action, or of the type whatever the action.
 */
export function hasKey(action: string, type: string | undefined, key: string): boolean {
  const [service = ""] = action.split(":");
  const facts = ACTIONS[action];
  const own = type === undefined ? [] : (facts?.types[type]?.keys ?? []);
  const general = type === undefined || service === "ec2" ? [] : (TYPES[`${service}:${type}`]?.keys ?? []);
  return [...(facts?.keys ?? []), ...own, ...general].includes(key);
}
