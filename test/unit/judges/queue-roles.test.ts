import { describe, expect, it } from "vitest";
import { madeArn, rolesOf, verdictOf } from "./stack-roles.ts";

const queue = (worker: string, of = "queue") => madeArn(`${worker}/queue/${of}.arn`);
const [MAIL, PRINT] = [queue("mail"), queue("print")];

/** What a consumer calls (SQS developer guide, "Basic examples of IAM policies for Amazon SQS": receive, delete, give back later). */
const WORK = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
const SEND = "sqs:SendMessage";

describe("the task roles of services of which two work on a queue", () => {
  const roles = rolesOf({
    services: { web: {}, mail: { type: "worker", queue: true }, print: { type: "worker", queue: true } },
  });
  const verdict = (service: string, action: string, resource: string) =>
    verdictOf(roles[service === "web" ? "task-role" : `${service}/task-role`], { action, resource });

  it.each(WORK)("let a worker %s on its own queue, and on no other", (action) => {
    expect(verdict("mail", action, MAIL)).toBe("allowed");
    expect(verdict("mail", action, PRINT)).toBe("implicitly denied");
    expect(verdict("print", action, MAIL)).toBe("implicitly denied");
    expect(verdict("mail", action, queue("mail", "dead-letters"))).toBe("implicitly denied");
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
