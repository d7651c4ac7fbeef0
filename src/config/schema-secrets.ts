import { closed, field, flag, named, optional, record, text, whole } from "./fields.ts";

/* The secrets of a container: where ECS reads the values of variables that are in no config, state or task definition. */

/** Environment variables by name: ECS accepts dots and hyphens too, as Spring's names have. */
export const variableName = () =>
  text(/^[A-Za-z_][\w.-]{0,254}$/, "letters, digits and _ . -, not starting with a digit");

/** Secrets Manager API Reference, CreateSecret, Name: "ASCII letters, numbers, and the following characters: /_+=.@-". */
const secret = () =>
  text(
    /^(?:arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$/,
    "the name or the ARN of a secret: letters, digits and / _ + = . @ -",
  );

/** Systems Manager API Reference, PutParameter, Name: "a-zA-Z0-9_.-" and "/" for hierarchies, with which a name of several parts begins. */
const parameter = () =>
  text(
    /^(?:arn:aws[\w-]*:ssm:[a-z0-9-]+:\d{12}:parameter)?(?:[A-Za-z0-9_.-]{1,1011}|(?:\/[A-Za-z0-9_.-]+){1,15})$/,
    "the name or the ARN of a parameter, such as /shop/db-url",
  );

/** What follows the stack in the name of one of its own secrets; AWS adds a hyphen and six characters to names in ARNs. */
const ownName = () =>
  text(
    /^(?!.*-.{6}$)[A-Za-z0-9_+=.@-]{1,128}$/,
    "a name of letters, digits and _ + = . @ -, without a hyphen and six characters at the end",
  );

const source = named(
  "SecretConfig",
  "Where the value of a variable is stored. ECS reads it when a task starts; Fairlead never reads it.",
  closed({
    secretsManager: optional(secret(), "not used", "An existing secret in Secrets Manager: its name or ARN."),
    key: optional(
      // ECS separates the parts of `valueFrom` by colons (Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS
      // environment variables").
      text(/^[^:\p{Cc}\p{Cs}]{1,200}$/u, "a key of at most 200 characters without colons"),
      "the whole value",
      "Key of a secret whose value is a JSON object: the variable gets the value of this key.",
    ),
    own: optional(
      ownName(),
      "not used",
      "A secret of the stack, `<name>-<environment>/<own>`, whose value `fairlead secret set` stores.",
    ),
    ssm: optional(parameter(), "not used", "An existing parameter in SSM Parameter Store: its name or ARN."),
    generate: optional(
      named(
        "GenerateSecretConfig",
        "A value that is generated, and replaced only where `rotateDays` is set.",
        closed({
          length: field(whole(16, 128), 40, "Number of letters and digits of a value that is generated."),
          rotateDays: optional(
            whole(1, 3_650),
            "never",
            "Age in days from which on a reconcile generates a new value. Tasks that run keep the old one until `fairlead secret restart` or the next release. Nothing happens between reconciles: AWS rotates secrets by itself only with a Lambda function.",
          ),
        }),
      ),
      "not used",
      "A secret of the stack, `<name>-<environment>/<variable>`, with a value that is generated once and never read. Services that name the same variable get the same value.",
    ),
  }),
);

export const secrets = () =>
  field(
    record(variableName(), source, `an object such as { DB_URL: { secretsManager: "shop/db" } }`),
    {},
    "Environment variables whose values are in Secrets Manager or SSM Parameter Store. A plan is refused if one does not exist, and the execution role may read exactly these. A new value reaches tasks that start afterwards.",
  );

export const replicate = field(
  named(
    "ReplicateConfig",
    "What the two regions of a stack have in common.",
    closed({
      secrets: field(
        flag(),
        false,
        "The secrets of the stack, `own` and `generate`, have one value in both regions: those of the second region are replicas of those of the first one. Charged like one more secret each.",
      ),
    }),
  ),
  { secrets: false },
  "Replication from the first region of `regions` to the second one. See docs/regions.md.",
);
