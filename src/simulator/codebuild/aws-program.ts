import type { DescribeImagesCommandOutput } from "@aws-sdk/client-ecr";
import { ecr } from "../ecr/operations.ts";
import { SimulatedError } from "../errors.ts";
import type { Answer, Sim } from "../sim.ts";
import { optionsOf } from "./options.ts";
import type { BuildRole } from "./permissions.ts";
import type { Ran } from "./shell.ts";

/**
 * AWS's command line, as far as a build uses it: `ecr get-login-password` and `ecr describe-images`. What else it is asked for counts as
 * done in silence.
 */
export function awsProgram(sim: Sim, role: Pick<BuildRole, "login" | "describe">): (words: readonly string[]) => Ran {
  return ([service = "", command = "", ...words]) => {
    if (service !== "ecr") return { code: 0, output: "" };
    if (command === "get-login-password") return refusedBy(role.login()) ?? { code: 0, output: "password\n" };
    return command === "describe-images" ? describeImages(sim, role, words) : { code: 0, output: "" };
  };
}

/** AWS CLI user guide, "Command line return codes in the AWS CLI": 254, the service has returned an error. */
const REFUSED = 254;

const refusedBy = (refused: string | undefined): Ran | undefined =>
  refused === undefined
    ? undefined
    : { code: REFUSED, output: "", errors: `An error occurred (AccessDeniedException): ${refused}\n` };

function describeImages(sim: Sim, role: Pick<BuildRole, "describe">, words: readonly string[]): Ran {
  const [repositoryName = ""] = optionsOf(words, "--repository-name");
  const refused = refusedBy(role.describe(repositoryName));
  if (refused) return refused;
  const imageIds = optionsOf(words, "--image-ids").map((pairs) =>
    Object.fromEntries(pairs.split(",").map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
  );
  try {
    const input = { repositoryName, ...(imageIds.length > 0 ? { imageIds } : {}) };
    const answer = ecr["DescribeImages"]?.(input, sim) as Answer<DescribeImagesCommandOutput>;
    const [query] = optionsOf(words, "--query");
    return { code: 0, output: `${textOf(query === undefined ? answer : found(answer, query))}\n` };
  } catch (error) {
    if (!(error instanceof SimulatedError)) throw error;
    const errors = `An error occurred (${error.name}) when calling the DescribeImages operation: ${error.message}\n`;
    return { code: REFUSED, output: "", errors };
  }
}

/** What a JMESPath of names and numbers finds, such as `imageDetails[0].imageDigest`. */
function found(answer: unknown, query: string): unknown {
  const steps = [...query.matchAll(/[A-Za-z]\w*|\d+/g)].map(([step]) => step);
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], answer);
}

/** AWS CLI user guide, "Text output format": what is not there is `None`, and a list has tabs between its items. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "None";
  return Array.isArray(value)
    ? value.map(textOf).join("\t")
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
