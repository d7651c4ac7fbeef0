// The answers about secrets, the recorded state, policies, and of the commands that write files.
import * as z from "zod";
import { effort, flag, identity, maybe, text, texts, when, whole } from "./common.ts";

const restarted = z.array(z.object({ service: text, ending: text }));

export const secretSet = z.object({
  ...identity,
  secret: z.object({
    name: text,
    secret: text.describe("its name in Secrets Manager"),
    arn: text,
    outcome: z.enum(["created", "updated", "restored"]),
    services: texts.describe("the services that read it"),
    restarted,
  }),
  ...effort,
});

export const secretList = z.object({
  ...identity,
  secrets: z.array(
    z.object({
      name: text,
      arn: text,
      keeper: z.enum(["set", "generated", "other"]),
      replicaOf: text.optional().describe("the region of the secret that it is a replica of"),
      services: texts,
      changed: when.nullable(),
    }),
  ),
  ...effort,
});

export const secretRm = z.object({
  ...identity,
  secret: z.object({ name: text, secret: text, goneAt: when.nullable().describe("until when its name stays taken") }),
  ...effort,
});

export const secretRestart = z.object({ ...identity, restarted, ...effort });

const anything = z.record(text, z.unknown());

const generation = {
  id: maybe(text).describe("AWS's id"),
  token: text,
  spec: anything.describe("as last applied, with secrets hashed"),
  attrs: anything,
  needs: z.array(z.object({ to: text, loose: flag })),
};

export const resource = z.object({
  ...generation,
  type: text,
  status: z.enum(["creating", "created", "deleting"]),
  old: maybe(z.array(z.object(generation))),
});

export const state = z.object({
  version: whole,
  serial: whole,
  recordedAt: maybe(when),
  stack: text.describe("NAME-ENVIRONMENT"),
  name: maybe(text),
  environment: maybe(text),
  target: text,
  account: text,
  region: text,
  incomplete: maybe(z.literal(true)).describe(
    "it may lack resources of an earlier state, until a run has done everything",
  ),
  resources: z.record(text, resource),
});

export const backups = z.array(z.object({ serial: whole, when }));

export const stateRm = z.object({
  forgotten: z.array(z.object({ id: text, type: maybe(text), existing: text.nullable() })),
  backup: whole.describe("the serial of the state before"),
});

export const stateRestore = z.object({ restored: whole, serial: whole, resources: whole });

export const stateInit = z.object({ bucket: text, made: flag, updated: flag, lacks: texts });

export const stateMigrate = z.object({ from: text, to: text, resources: whole, runs: whole });

export const stateUnlock = z.object({
  unlocked: z.array(
    z.object({
      where: text,
      holder: z
        .object({
          who: text,
          pid: whole,
          host: text,
          verb: text,
          since: when,
          renewed: maybe(when),
          process: maybe(text),
          token: text,
        })
        .nullable(),
    }),
  ),
});

const statement = z.object({
  Sid: maybe(text),
  Effect: text,
  Principal: maybe(anything),
  Action: z.union([text, texts]),
  Resource: maybe(z.union([text, texts])),
  Condition: maybe(z.record(text, anything)),
});
const document = z.object({ Version: text, Statement: z.array(statement) });

export const picture = z.object({
  title: text,
  boxes: z.array(z.object({ id: text, title: text, within: maybe(text).describe("the id of the box that it is in") })),
  things: z.array(
    z.object({
      id: text.describe("the id of the resource; users for whoever sends requests"),
      type: text.describe("empty for users"),
      label: text,
      box: text.describe("the id of its box; empty outside of all"),
      parts: texts.describe("the ids of the resources that belong to it"),
    }),
  ),
  links: z.array(z.object({ from: text, to: text })),
});

export const policies = z.object({ policies: z.array(document) });

export const role = z.object({ role: text, trust: document, policies: z.array(document) });

export const init = z.object({
  directory: text,
  name: maybe(text),
  region: maybe(text.nullable()),
  port: maybe(whole.nullable()),
  language: maybe(text.nullable()),
  services: maybe(texts),
  carried: maybe(z.array(z.object({ file: text, field: text }))).describe("fields of Copilot's manifests"),
  left: maybe(z.array(z.object({ file: text, field: text, why: text }))),
  files: z.array(z.object({ path: text, action: z.enum(["created", "extended", "kept"]), note: maybe(text) })),
  findings: texts,
  steps: texts.describe("what is left to do by hand"),
  next: text.describe("the next command"),
});

/** Printed once the console answers; the command goes on until Ctrl-C. */
export const console = z.object({
  address: text.describe("with its token: whoever has it can open the console"),
  actions: flag.describe("whether releases can be approved, rejected and rolled back from it"),
});

export const script = z.object({ shell: z.enum(["bash", "zsh", "fish"]), script: text });
export const names = z.object({ names: texts });
