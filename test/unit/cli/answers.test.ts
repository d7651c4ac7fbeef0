import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { COMMANDS } from "../../../src/cli/answers/schemas.ts";
import { programOf } from "../../../src/cli/program.ts";
import { pathOf } from "../../../src/help/commands.ts";
import { checkAnswer } from "../../support/answers.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const leaves = (parent: Command): Command[] =>
  parent.commands.flatMap((one) => (one.commands.length > 0 ? leaves(one) : [one]));

const sources = ["cli", "help", "init"].flatMap((folder) =>
  readdirSync(`${root}src/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(`${root}src/${folder}/${file}`, "utf8") })),
);

describe("the schemas of answers", () => {
  it("are those of every command with --json, and of no other", () => {
    const all = leaves(programOf(undefined as never, () => undefined));
    const names = (flag: string, suffix = "") =>
      all.filter(({ options }) => options.some(({ long }) => long === flag)).map((one) => `${pathOf(one)}${suffix}`);
    expect(Object.keys(COMMANDS).toSorted()).toEqual([...names("--json"), ...names("--jsonl", " --jsonl")].toSorted());
  });

  it("hold every answer: no command writes JSON by itself", () => {
    // What the console shows is between two processes of one build.
    const ways = ["cli/answer-view.ts", "cli/answers/answer.ts", "cli/failure.ts", "cli/regions.ts"];
    const found = sources
      .filter(({ file, text }) => !ways.includes(file) && /\.answer\(\s*(?:[^;]*\?\s*)?JSON\.stringify/.test(text))
      .map(({ file }) => file);
    expect(found).toEqual([]);
  });

  it("are loaded by no command: only their types are imported", () => {
    const found = sources
      .filter(({ file }) => file === "cli/answers/answer.ts" || !file.startsWith("cli/answers/"))
      .filter(({ text }) => /^import (?!type\b).*"[./\w]*(?:answers\/(?!answer\.ts)|schemas\.ts)/m.test(text))
      .map(({ file }) => file);
    expect(found).toEqual([]);
  });

  it("accept fields that a later version adds, and miss what is promised", () => {
    const published = JSON.parse(readFileSync(`${root}docs/answers.schema.json`, "utf8")) as {
      readonly $defs: Record<string, z.core.JSONSchema.JSONSchema>;
    };
    const schema = z.fromJSONSchema({ $ref: "#/$defs/state-backups", $defs: published.$defs });
    const validate = (answer: unknown) => schema.safeParse(answer).success;
    expect(validate([{ serial: 1, when: "2026-01-01T00:00:00.000Z", later: true }])).toBe(true);
    expect(validate([{ serial: 1 }])).toBe(false);
    expect(validate({ error: { message: "No.", exit: 1 } })).toBe(true);
    expect(validate({ error: { message: "No." } })).toBe(false);
  });
});

describe("what the suites check of each answer", () => {
  const backups = ["state", "backups", "--json"];

  it("is its schema, line by line where it has lines", () => {
    checkAnswer(backups, '[{ "serial": 1, "when": "now" }]');
    expect(() => checkAnswer(backups, '[{ "serial": "1", "when": "now" }]')).toThrow("$defs/state-backups");
    const line = '{ "at": "now", "event": "log", "text": "hello" }';
    checkAnswer(["task", "web", "--json", "--", "true"], `${line}\n${line}\n`);
    expect(() => checkAnswer(["logs", "--jsonl"], `{ "at": "now" }`)).toThrow("$defs/logs-jsonl");
  });

  it("has no field that is not in it", () => {
    expect(() => checkAnswer(backups, '[{ "serial": 1, "when": "now", "other": 1 }]')).toThrow("unrecognized_keys");
  });
});
