import { awsCommand } from "../../aws/command-line.ts";
import { ownSecret } from "../../config/naming.ts";
import { secretsOf } from "../../config/secrets.ts";
import { settingsOf, type ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { sentence } from "./lines.ts";
import { keptFrom, lacksSecret } from "./start-causes.ts";
import type { Verdict } from "./verdict.ts";

/** A secret that the task definition references, and that a task cannot read although its role may. */
export function secretMissing(evidence: Evidence, ref: ServiceRef): Verdict | undefined {
  const found = keptFrom(evidence, lacksSecret);
  if (!found) return undefined;
  const { text, line } = found;
  const verdict = (what: string, fix: string): Verdict => ({ cause: "secret-missing", what, fix, telling: [line] });
  const cli = (...words: string[]) => awsCommand(words, ref.aws);

  const key = /did not contain json key (\S+)/i.exec(text)?.[1] ?? (isNoJson(text) ? "" : undefined);
  if (key !== undefined) {
    const [which] = namedWith(ref, key);
    const variable = which === undefined ? "" : `, which the variable ${which.variable} reads`;
    const secret = which === undefined ? "The secret" : `Secret ${which.secret}`;
    return verdict(
      key === "" ? `${secret} is not a JSON object${variable}.` : `${secret} has no key ${key}${variable}.`,
      `Add the key to the value, or correct \`key\` in stack.config.ts and run npx fairlead reconcile. To set a new value from a file: ${cli("secretsmanager", "put-secret-value", "--secret-id", which?.secret ?? "NAME", "--secret-string", "file://value.json")}. Then deploy again.`,
    );
  }
  const arn = /arn:aws[\w-]*:secretsmanager:[\w-]+:\d+:secret:[\w/+=.@-]+/.exec(text)?.[0].replace(/[.,]$/, "");
  const own = arn === undefined ? undefined : ownIn(ref, arn);
  if (arn !== undefined && /marked for deletion/i.test(text))
    return verdict(
      `Secret ${arn} is scheduled for deletion, so no task can read it.`,
      own !== undefined
        ? `Set its value again, which restores it: npx fairlead secret set ${own}. Then deploy again.`
        : `Restore it: ${cli("secretsmanager", "restore-secret", "--secret-id", arn)}. Then deploy again.`,
    );
  if (arn !== undefined && /staging label/i.test(text))
    return verdict(
      `Secret ${arn} has no current value.`,
      `Set one from a file: ${cli("secretsmanager", "put-secret-value", "--secret-id", arn, "--secret-string", "file://value.txt")}. Then deploy again.`,
    );
  if (arn !== undefined) {
    const name = arn.replace(/^.*:secret:/, "").replace(/-\w{6}$/, "");
    return verdict(
      `The task definition references secret ${arn}, which does not exist.`,
      own !== undefined
        ? `Set its value: npx fairlead secret set ${own}. Then run npx fairlead reconcile, because the new secret has another ARN.`
        : `Create it, with the value in a file: ${cli("secretsmanager", "create-secret", "--name", name, "--secret-string", "file://value.txt")}. Then run npx fairlead reconcile, because the new secret has another ARN.`,
    );
  }
  const parameter = /invalid ssm parameters: (\S+)/i.exec(text)?.[1]?.replace(/[.,]$/, "");
  if (parameter !== undefined)
    return verdict(
      `The task definition references parameter ${parameter}, which does not exist.`,
      `Create it, with the value in a file: ${cli("ssm", "put-parameter", "--type", "SecureString", "--name", parameter, "--value", "file://value.txt")}. Then deploy again.`,
    );
  return verdict(
    `A secret referenced by the task definition does not exist: ${sentence(text)}`,
    "Create the secret in this account and region, or remove it from the task definition, then deploy again.",
  );
}

/** The name that the config has for one of the stack's own secrets. */
function ownIn(ref: ServiceRef, arn: string): string | undefined {
  const service = settingsOf(ref);
  const names = (service ? secretsOf(service) : []).flatMap(({ source }) => source.own ?? []);
  return names.find(
    (name) => arn.replace(/^.*:secret:/, "").replace(/-\w{6}$/, "") === ownSecret(ref.names.prefix, name),
  );
}

const isNoJson = (text: string) => /looking for beginning of (?:value|object key)/i.test(text);

/** The variables of the config that read this key; any key if it is empty. */
const namedWith = (ref: ServiceRef, key: string) => {
  const service = settingsOf(ref);
  return (service ? secretsOf(service) : []).flatMap(({ variable, source }) =>
    source.secretsManager !== undefined && source.key !== undefined && (key === "" || source.key === key)
      ? [{ variable, secret: source.secretsManager }]
      : [],
  );
};
