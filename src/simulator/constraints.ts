import models from "./constraints.json" with { type: "json" };

/** What AWS's models demand of a value, and of what is in it. */
interface Shape {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  readonly item?: string;
  readonly key?: string;
  readonly value?: string;
}

interface Service {
  /** The shape of each operation's input; `null` where nothing is demanded of it. */
  readonly operations: Readonly<Record<string, string | null>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const SERVICES: Readonly<Record<string, Service>> = models.services;

/** The operations whose requests the models are known for, by the SDK's client. */
export const modelled = (): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(SERVICES).map(([name, { operations }]) => [name, Object.keys(operations)]));

/**
 * The name that an error of a request that the model refuses has. EC2, S3 and CloudFront have names of their own (EC2 API Reference, "Error
 * codes for the Amazon EC2 API"; CloudFront API Reference, "InvalidArgument"); the others answer the common one of their protocol.
 */
const CODES: Readonly<Record<string, string>> = {
  // botocore acm: RequestCertificate names InvalidParameterException, lists name ValidationException.
  ACM: "InvalidParameterException",
  CloudFront: "InvalidArgument",
  CloudWatch: "ValidationError",
  CloudWatchLogs: "InvalidParameterException",
  CodeBuild: "InvalidInputException",
  EC2: "InvalidParameterValue",
  EFS: "BadRequest",
  ECR: "InvalidParameterException",
  ECS: "InvalidParameterException",
  ElasticLoadBalancingV2: "ValidationError",
  GuardDuty: "BadRequestException",
  IAM: "ValidationError",
  Route53: "InvalidInput",
  S3: "InvalidArgument",
  SNS: "InvalidParameterException",
  SQS: "InvalidParameterValue",
  STS: "ValidationError",
  SecurityHub: "InvalidInputException",
  ServiceDiscovery: "InvalidInput",
  WAFV2: "WAFInvalidParameterException",
};

/** The code with which a service refuses what its model does not allow. */
export const refusalCode = (service: string): string => CODES[service] ?? "ValidationException";

/** What the model of a service refuses in a request, one sentence each in AWS's words; empty where it takes it. */
export function violations(service: string, operation: string, input: unknown): string[] {
  const model = SERVICES[service];
  const shape = model?.operations[operation];
  return model && shape ? faults(model, shape, input, "") : [];
}

function faults(model: Service, name: string, value: unknown, path: string): string[] {
  const shape = model.shapes[name];
  if (!shape || value === undefined || value === null) return [];
  const within = (part: string | undefined, item: unknown, at: string) =>
    part === undefined ? [] : faults(model, part, item, at);
  if (typeof value === "string") return textFaults(shape, value, path);
  if (typeof value === "number") return sizeFaults(shape, value, path, "value");
  if (Array.isArray(value))
    return [
      ...sizeFaults(shape, value.length, path, "length"),
      ...value.flatMap((item, index) => within(shape.item, item, `${path}.${index + 1}.member`)),
    ];
  if (typeof value !== "object" || value instanceof Date || value instanceof Uint8Array) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  if (shape.key !== undefined || shape.value !== undefined)
    return Object.entries(fields).flatMap(([key, item]) => [
      ...within(shape.key, key, path),
      ...within(shape.value, item, `${path}.${key}`),
    ]);
  const missing = (shape.required ?? []).filter((field) => fields[field] === undefined);
  return [
    ...missing.map((field) => fault("null", `${path}.${field}`, "Member must not be null")),
    ...Object.entries(shape.members ?? {}).flatMap(([field, part]) => within(part, fields[field], `${path}.${field}`)),
  ];
}

const fault = (value: string, path: string, demand: string) =>
  `Value '${value}' at '${path.replace(/^\./, "")}' failed to satisfy constraint: ${demand}`;

function textFaults(shape: Shape, value: string, path: string): string[] {
  const found = sizeFaults(shape, value.length, path, "length", value);
  if (shape.pattern !== undefined && !matcher(shape.pattern).test(value))
    found.push(fault(value, path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  if (shape.enum && !shape.enum.includes(value))
    found.push(fault(value, path, `Member must satisfy enum value set: [${shape.enum.join(", ")}]`));
  return found;
}

function sizeFaults({ min, max }: Shape, size: number, path: string, what: "length" | "value", value = `${size}`) {
  const found: string[] = [];
  const demand = (bound: string, limit: number) =>
    fault(value, path, `Member must have ${what} ${bound} than or equal to ${limit}`);
  if (min !== undefined && size < min) found.push(demand("greater", min));
  if (max !== undefined && size > max) found.push(demand("less", max));
  return found;
}

const matchers = new Map<string, RegExp>();

/**
 * AWS matches the whole value. Patterns are Java's: `\p{L}` and a surrogate pair, which is one character, require JavaScript's Unicode
 * mode, in which some other patterns are invalid.
 */
function matcher(pattern: string): RegExp {
  const known = matchers.get(pattern);
  if (known) return known;
  // A class of Java's that JavaScript lacks; the models use it outside brackets only.
  // A flag within a pattern is Java's; only that of a budget's name has one, which refuses HTML in any case.
  const source = pattern.replaceAll(String.raw`\p{Print}`, "[ -~]").replaceAll("(?i)", "");
  const made = new RegExp(`^(?:${source})$`, /\\p\{|\\uD800\\uDC00/.test(source) ? "u" : "");
  matchers.set(pattern, made);
  return made;
}

/** Every pattern of the models, compiled: one that JavaScript does not know throws. */
export const patterns = (): RegExp[] =>
  Object.values(SERVICES).flatMap(({ shapes }) =>
    Object.values(shapes).flatMap(({ pattern }) => (pattern === undefined ? [] : [matcher(pattern)])),
  );
