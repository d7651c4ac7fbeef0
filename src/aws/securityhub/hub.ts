// A region has one hub for everything in the account, so a stack shares it: it is enabled where it is off, taken as it is where it is on, and
// never disabled. Standards are left to the account: each of their checks is charged for, and they find nothing without AWS Config.
import { DescribeHubCommand, EnableSecurityHubCommand } from "@aws-sdk/client-securityhub";
import { UncertainAnswer } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { defineKind } from "../define-kind.ts";
import { hasCode, messageOf } from "../errors.ts";

export interface HubSpec {
  /** Always the stack's own. */
  region: string;
}

export interface HubAttrs {
  arn: string;
}

export const Hub = defineKind<HubSpec, HubAttrs>({
  type: "securityhub/hub",
  fields: { region: { immutable: true, unique: true } },
  traits: { ownerless: true },

  async observe(aws, look) {
    if (!(await isOn(aws))) return undefined;
    const id = arnOf(aws);
    return {
      id,
      attrs: { arn: id },
      spec: { region: aws.region },
      owner: look.owner,
      stays: `stays on in this account, where others may rely on it; to turn it off: ${awsCommand(["securityhub", "disable-security-hub"], aws)}`,
      ready: true,
    };
  },

  async create(aws, _spec, making) {
    const id = arnOf(aws);
    await aws
      .securityHub(new EnableSecurityHubCommand({ EnableDefaultStandards: false }), { once: true })
      .catch((error: unknown) => {
        // Another stack was faster: its hub is the one.
        if (hasCode(error, "ResourceConflictException"))
          throw new UncertainAnswer(`EnableSecurityHub: ${messageOf(error)}`, { cause: error });
        throw error;
      });
    await making.created(id);
    return { id, attrs: { arn: id } };
  },

  /** There is nothing that can be changed: how it is configured is the account's to say. */
  async update() {},

  /** Never called, since it stays. */
  async delete() {},
});

/** Security Hub User Guide, "Resource types": the hub of an account is called `default`. */
const arnOf = ({ partition, region, account }: Aws) => `arn:${partition}:securityhub:${region}:${account}:hub/default`;

/** Where it is off, AWS says that the account may not ask (terraform-provider-aws, internal/service/securityhub/account.go, has the words). */
async function isOn(aws: Aws): Promise<boolean> {
  try {
    await aws.securityHub(new DescribeHubCommand({}));
    return true;
  } catch (error) {
    if (hasCode(error, "ResourceNotFoundException")) return false;
    if (hasCode(error, "InvalidAccessException") && /not subscribed/i.test(messageOf(error))) return false;
    throw error;
  }
}
