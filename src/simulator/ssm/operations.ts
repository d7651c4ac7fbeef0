import type {
  DeleteParameterCommandInput,
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput,
  PutParameterCommandInput,
} from "@aws-sdk/client-ssm";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations } from "../sim.ts";
import { parameters } from "./records.ts";

/** SSM Parameter Store, as far as Fairlead calls it, and what a test or a person stores in it. No call reads a value. */
export const ssm = {
  DescribeParameters(input: DescribeParametersCommandInput, sim): Answer<DescribeParametersCommandOutput> {
    onlyKnown("DescribeParameters", input, "ParameterFilters", "MaxResults", "NextToken");
    const fits = (name: string) =>
      (input.ParameterFilters ?? []).every(({ Key, Option = "Equals", Values = [] }) => {
        if (Key !== "Name" || Option !== "Equals")
          refuse("SimulatorUnknownOption", `The simulated AWS does not know the filter ${Key} ${Option}.`, 501);
        // Systems Manager API Reference, ParameterStringFilter: 1 to 50 values.
        if (Values.length < 1 || Values.length > 50) refuse("InvalidFilterValue", "A filter has 1 to 50 values.");
        return Values.includes(name);
      });
    const found = Object.values(parameters(sim)).filter(({ name }) => fits(name));
    const { page, next } = pageOf(
      found,
      { token: input.NextToken, size: input.MaxResults },
      { usual: 10, most: 50, code: "ValidationException", badToken: "InvalidNextToken" },
    );
    return {
      Parameters: page.map(({ name, arn, type, kmsKeyId, changedAt, version }) => ({
        Name: name,
        ARN: arn,
        Type: type,
        ...(type === "SecureString" ? { KeyId: kmsKeyId ?? "alias/aws/ssm" } : {}),
        LastModifiedDate: new Date(changedAt),
        Version: version,
      })),
      NextToken: next,
    };
  },

  PutParameter(input: PutParameterCommandInput, sim) {
    onlyKnown("PutParameter", input, "Name", "Value", "Type", "KeyId", "Overwrite");
    const { Name: name = "", Value: value = "", Overwrite: overwrite = false } = input;
    const before = parameters(sim)[name];
    if (before && !overwrite)
      refuse(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    const type = input.Type ?? before?.type;
    if (type === undefined) return refuse("ValidationException", "A parameter type is required.");
    if (!/^(?:[\w.-]+|(?:\/[\w.-]+){1,15})$/.test(name)) refuse("ValidationException", "Parameter name is invalid.");
    const version = (before?.version ?? 0) + 1;
    parameters(sim)[name] = {
      name,
      // One slash, whether the name begins with one or not (SSM user guide, "Restricting access to Parameter Store parameters").
      arn: sim.arn("ssm", `parameter/${name.replace(/^\//, "")}`),
      type,
      value,
      ...(input.KeyId === undefined ? {} : { kmsKeyId: input.KeyId }),
      changedAt: sim.now,
      version,
      tags: before?.tags ?? {},
    };
    return { Version: version, Tier: "Standard" as const };
  },

  DeleteParameter({ Name: name = "" }: DeleteParameterCommandInput, sim) {
    if (!parameters(sim)[name]) refuse("ParameterNotFound", `Parameter ${name} not found.`);
    delete parameters(sim)[name];
    return {};
  },
} satisfies Operations;
