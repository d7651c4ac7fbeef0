import { expect, it } from "vitest";
import { Progress } from "../../../src/cli/progress.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { VirtualClock } from "../../../src/clock.ts";

it("tells a log of a call that is refused for the same reason every 30 seconds, not each time", async () => {
  const lines: string[] = [];
  const terminal = { live: false, line: (text = "") => void lines.push(text), draw: () => {} } as unknown as Terminal;
  const clock = new VirtualClock(0);
  const progress = new Progress(terminal, clock, ["edge/certificate"]);
  const refuse = (why: string) => progress.tell({ event: "retrying", call: "acm.DeleteCertificate", why, ms: 4_000 });
  for (let tries = 0; tries < 20; tries++) {
    refuse("ResourceInUseException: it is in use.");
    await clock.sleep(4_000);
  }
  refuse("ThrottlingException: Rate exceeded.");
  expect(lines.map((line) => line.replace(/^\s+/, ""))).toEqual([
    "0 ms  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "32.0 s  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "64.0 s  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "80.0 s  … retrying acm.DeleteCertificate in 4.0 s: ThrottlingException: Rate exceeded.",
  ]);
});
