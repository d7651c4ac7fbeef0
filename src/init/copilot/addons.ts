import { Code, keyText } from "../config-text.ts";
import { isMap, type Ledger, type Yaml } from "./fields.ts";
import { labelOf } from "./container.ts";
import type { Addon } from "./workspace.ts";

/** A bucket of a template, which is declared in `resources`. */
interface OwnBucket {
  readonly id: string;
  readonly service: string | undefined;
  readonly variable: string;
}

const INSTEAD: Readonly<Record<string, string>> = {
  "AWS::DynamoDB::Table":
    "keep the table, or write a resource kind for it (docs/own-resources.md in the fairlead package has one); give the service its name in container.environment and permissions in taskPolicy",
  "AWS::RDS::DBCluster":
    "keep the database: name its secret in container.secrets, and let the service's security group into that of the database in resources",
  "AWS::RDS::DBInstance":
    "keep the database: name its secret in container.secrets, and let the service's security group into that of the database in resources",
  "AWS::SQS::Queue": "declare it in resources with kinds.Queue, or use queue: true of a worker",
  "AWS::SNS::Topic": "declare it in resources with kinds.Topic",
};

/** What AWS resources have beside them in templates, and what the config has in other places. */
const HELPERS =
  /^AWS::(?:S3::BucketPolicy|IAM::(?:Policy|ManagedPolicy|Role)|EC2::SecurityGroup(?:Ingress|Egress)?|SecretsManager::\w+|RDS::(?:DBSubnetGroup|DBClusterParameterGroup|DBParameterGroup)|Lambda::\w+|ApplicationAutoScaling::\w+)$/;

/** The buckets of templates, as a function for `resources`; undefined without any. Everything else is left. */
export function resourcesOf(
  addons: readonly Addon[],
  names: ReadonlyMap<string, string>,
  ledger: Ledger,
): Code | undefined {
  const buckets = addons.flatMap((addon) => bucketsOf(addon, names, ledger));
  return buckets.length === 0 ? undefined : new Code(functionText(buckets));
}

function bucketsOf({ file, service, content }: Addon, names: ReadonlyMap<string, string>, ledger: Ledger): OwnBucket[] {
  const resources = content["Resources"];
  if (!isMap(resources)) return [];
  return Object.entries(resources).flatMap(([id, resource]): OwnBucket[] => {
    const said = isMap(resource) ? resource["Type"] : undefined;
    const type = typeof said === "string" ? said : "A resource without a type";
    if (type === "AWS::S3::Bucket") {
      ledger.carry(file, `Resources.${id}`);
      return [
        {
          id: labelOf(id),
          service: service === undefined ? undefined : names.get(service),
          variable: variableOf(id, content["Outputs"]),
        },
      ];
    }
    if (!HELPERS.test(type))
      ledger.leave(
        file,
        `Resources.${id}`,
        INSTEAD[type] ?? `${type} is not supported; keep it in its own stack, or write a resource kind for it`,
      );
    else ledger.carry(file, `Resources.${id}`);
    return [];
  });
}

/** The variable that Copilot gives the name of the bucket in: an output in upper case. */
function variableOf(id: string, outputs: Yaml): string {
  const names = isMap(outputs) ? Object.keys(outputs) : [];
  const output =
    names.find((name) => name.startsWith(id) && name.endsWith("Name")) ??
    names.find((name) => name.endsWith("Name")) ??
    `${id}Name`;
  return output.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
}

function functionText(buckets: readonly OwnBucket[]): string {
  const declared = buckets.flatMap(({ id }) => [
    `  const ${constant(id)} = scope.add("${id}", kinds.Bucket, {`,
    `    // Names of buckets are unique in all of AWS.`,
    `    name: \`\${scope.name("${id}")}-\${stack.region}\`,`,
    "    versioning: false,",
    "    eventBridge: false,",
    "    policy: undefined,",
    '    encryption: "AES256",',
    "    blockPublicAccess: true,",
    '    ownership: "BucketOwnerEnforced",',
    "    lifecycle: undefined,",
    "  });",
  ]);
  const grants = (own: readonly OwnBucket[], indent: string) => [
    `${indent}environment: { ${own.map(({ id, variable }) => `${variable}: ${constant(id)}.name`).join(", ")} },`,
    `${indent}permissions: [`,
    ...own.flatMap(({ id }) => [
      `${indent}  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ${constant(id)}.arn },`,
      `${indent}  { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: text\`\${${constant(id)}.arn}/*\` },`,
    ]),
    `${indent}],`,
  ];
  const shared = buckets.filter(({ service }) => service === undefined);
  const services = [...new Set(buckets.flatMap(({ service }) => service ?? []))];
  return [
    "(scope, stack) => {",
    ...declared,
    "  return {",
    ...(shared.length === 0 ? [] : grants(shared, "    ")),
    ...(services.length === 0
      ? []
      : [
          "    services: {",
          ...services.flatMap((service) => [
            `      ${keyText(service)}: {`,
            ...grants(
              buckets.filter((bucket) => bucket.service === service),
              "        ",
            ),
            "      },",
          ]),
          "    },",
        ]),
    "  };",
    "}",
  ].join("\n");
}

const constant = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
