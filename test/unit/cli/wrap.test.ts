import { describe, expect, it } from "vitest";
import { widthOf } from "../../../src/cli/text-width.ts";
import { wrapped } from "../../../src/cli/wrap.ts";

const lines = (text: string, columns: number) => wrapped(text, columns).split("\n");

describe("text on a narrow terminal", () => {
  it("breaks between words, and stays as it is where it fits", () => {
    expect(lines("The service stays at zero tasks until the first release.", 30)).toEqual([
      "The service stays at zero",
      "tasks until the first release.",
    ]);
    expect(wrapped("  + vpc  ec2/vpc\n\nshort", 16)).toBe("  + vpc  ec2/vpc\n\nshort");
  });

  it("never breaks in a command, which begins a line if it does not fit", () => {
    const command = "npx fairlead deploy service --target aws --env prod";
    expect(lines(`The service stays at zero tasks. To deploy it: ${command}`, 60)).toEqual([
      "The service stays at zero tasks. To deploy it:",
      command,
    ]);
    const aws = "aws ecr describe-image-scan-findings --repository-name shop --image-id imageDigest=sha256:0123";
    expect(lines(`for the findings: ${aws}`, 40)).toEqual(["for the findings:", aws]);
    expect(lines("Read it (`npm run logs -- --since 10m`), then run npm run deploy.", 40)).toEqual([
      "Read it (`npm run logs -- --since 10m`),",
      "then run npm run deploy.",
    ]);
  });

  it("takes no word for a command that only begins like one", () => {
    expect(lines("Whatever was said by AWS: aws is not a command here, and git is none either", 40)).toContain(
      "Whatever was said by AWS:",
    );
    expect(lines("Ask for what the aws provider calls a subnet group", 30)).toEqual([
      "Ask for what the aws provider",
      "calls a subnet group",
    ]);
  });

  it("continues below what is aligned, if there is room", () => {
    expect(lines("  1 min 42 s  ✓ network/nat-1 was created and is ready now", 46)).toEqual([
      "  1 min 42 s  ✓ network/nat-1 was created and",
      "              is ready now",
    ]);
    expect(lines("    0.045 per GB through NAT gateways and what is behind", 46)).toEqual([
      "    0.045 per GB through NAT gateways and what",
      "    is behind",
    ]);
  });

  it("continues an item of a list below its first word", () => {
    expect(lines("  - The build cannot install what package.json takes from a path", 46)).toEqual([
      "  - The build cannot install what package.json",
      "    takes from a path",
    ]);
    expect(lines("  -1 is no number of days, and neither is a half of one", 40)).toEqual([
      "  -1 is no number of days, and neither",
      "  is a half of one",
    ]);
  });

  it("leaves words that are longer than a line to the terminal, beside their label", () => {
    const image = `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${"0".repeat(64)}`;
    expect(lines(`    image    ${image} and more`, 80)).toEqual([`    image    ${image} and more`]);
  });

  it("counts no colours and wide letters twice", () => {
    const text = "\u001b[33m!\u001b[39m \u001b[1m日本語日本語\u001b[22m and other words";
    const found = lines(text, 18);
    expect(found.join(" ")).toBe(text);
    expect(found.map(widthOf)).toEqual([18, 11]);
  });
});
