import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, type PolicyStatement } from "../../../src/simulator/iam/evaluate.ts";
import { Stage } from "../../support/stage.ts";

const queue = (name: string) => `arn:aws:sqs:ap-northeast-1:123456789012:fairlead-app-dev-${name}`;
const MAIL = queue("mail-queue");
const PRINT = queue("print-queue");

/** What a consumer calls (SQS developer guide, "Basic examples of IAM policies for Amazon SQS": receive, delete, give back later). */
const WORK = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
const SEND = "sqs:SendMessage";

describe("the task roles of services of which two work on a queue", () => {
  const stage = new Stage({
    services: { web: {}, mail: { type: "worker", queue: true }, print: { type: "worker", queue: true } },
  });
  const statements: Record<string, PolicyStatement[]> = {};
  const verdict = (service: string, action: string, resource: string) =>
    evaluate(statements[service] ?? [], { action, resource });

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { aws } = stage.world();
    for (const [service, role] of [
      ["web", "task"],
      ["mail", "mail-task"],
      ["print", "print-task"],
    ] as const) {
      const { PolicyDocument = "" } = await aws.iam(
        new GetRolePolicyCommand({ RoleName: `fairlead-app-dev-ap-northeast-1-${role}`, PolicyName: "task" }),
      );
      const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: PolicyStatement[] };
      statements[service] = document.Statement;
    }
  });
  afterAll(() => stage.remove());

  it.each(WORK)("let a worker %s on its own queue, and on no other", (action) => {
    expect(verdict("mail", action, MAIL)).toBe("allowed");
    expect(verdict("mail", action, PRINT)).toBe("implicitly denied");
    expect(verdict("print", action, MAIL)).toBe("implicitly denied");
    expect(verdict("mail", action, `${MAIL}-dead-letters`)).toBe("implicitly denied");
  });

  it("let a worker send to its own queue and to that of another", () => {
    expect(verdict("mail", SEND, MAIL)).toBe("allowed");
    expect(verdict("mail", SEND, PRINT)).toBe("allowed");
  });

  it.each([MAIL, PRINT])("let a sender put messages into %s, and take none out", (arn) => {
    expect(verdict("web", SEND, arn)).toBe("allowed");
    for (const action of [...WORK, "sqs:PurgeQueue"]) expect(verdict("web", action, arn)).toBe("implicitly denied");
  });

  it("let nobody change a queue or reach one of another stack", () => {
    for (const service of ["web", "mail", "print"]) {
      expect(verdict(service, "sqs:SetQueueAttributes", MAIL)).toBe("implicitly denied");
      expect(verdict(service, "sqs:DeleteQueue", MAIL)).toBe("implicitly denied");
      expect(verdict(service, SEND, queue("other"))).toBe("implicitly denied");
    }
  });
});
