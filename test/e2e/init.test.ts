import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/copilot/${name}`, import.meta.url));

/** A folder without a stack. */
let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  rmSync(join(stage.directory, "stack.config.ts"));
});
afterEach(() => stage.remove());

const file = (path: string) => join(stage.directory, path);
const put = (files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(file(path)), { recursive: true });
    writeFileSync(file(path), text);
  }
};

/** Types a command that has to succeed. */
async function run(...argv: string[]): Promise<string> {
  const { exit, lines, answer } = await stage.type(...argv);
  expect([argv.join(" "), exit, exit === 0 ? "" : lines.join("\n")]).toEqual([argv.join(" "), 0, ""]);
  return `${lines.join("\n")}\n${answer}`;
}

/** The life of what init wrote: created, released, nothing left to do, deleted. */
async function live(): Promise<void> {
  await run("reconcile", "--yes");
  expect(await run("deploy", "--approve")).toContain("Live in");
  await run("plan", "--check");
  expect(await run("teardown", "--yes")).toContain("no resources of");
}

describe("a newcomer in an empty folder", () => {
  it("has a stack after one command, and an application after three", async () => {
    const said = await run("init", "--name", "first", "--region", "eu-west-1", "--yes");
    expect(said).toContain("Next: npx fairlead plan");
    expect(readdirSync(stage.directory).toSorted()).toEqual(
      [
        ".dockerignore",
        ".gitignore",
        "Dockerfile",
        "buildspec.yml",
        "package.json",
        "server.mjs",
        "stack.config.ts",
      ].toSorted(),
    );
    await live();
    // Again: nothing is written over.
    const before = readFileSync(file("stack.config.ts"), "utf8");
    expect(await run("init", "--name", "second", "--yes")).toContain(
      "kept     stack.config.ts (it declares the stack already)",
    );
    expect(readFileSync(file("stack.config.ts"), "utf8")).toBe(before);
  });

  it("is asked at a terminal, and what is wrong with an answer is said", async () => {
    const asked: string[] = [];
    const answers: Record<string, string> = { "Name of the stack": "asked", "AWS region": "eu-north-1" };
    const said = await stage.act(
      async (context) => {
        const { init } = await import("../../src/cli/commands/init.ts");
        return init(undefined, {}, context);
      },
      {
        choose: () => Promise.resolve("python"),
        ask: (question, proposed, wrong) => {
          asked.push(`${question}: ${wrong("No!") ?? "fine"}`);
          return Promise.resolve(answers[question] ?? proposed);
        },
      },
    );
    expect(said.exit).toBe(0);
    expect(asked).toEqual([
      expect.stringMatching(/^Name of the stack: Lower-case letters/),
      expect.stringMatching(/^AWS region: No region that Fairlead supports/),
      "Port that the application listens on: A number from 1 to 65535.",
    ]);
    expect(existsSync(file("app.py"))).toBe(true);
    expect(await run("plan", "--json")).toContain('"region": "eu-north-1"');
  });

  it("writes nothing if a flag is wrong", async () => {
    for (const [flags, why] of [
      [["--region", "eu-wst-1"], "Did you mean eu-west-1?"],
      [["--name", "Not A Name"], "The config is invalid"],
      [["--from", "copilot"], "has no folder copilot"],
    ] as const) {
      const { exit, lines } = await stage.type("init", "--yes", ...flags);
      expect([exit, lines.join("\n")]).toEqual([2, expect.stringContaining(why)]);
    }
    expect(readdirSync(stage.directory)).toEqual([]);
  });
});

describe("an application that exists", () => {
  it("is a Node.js application, whose own Dockerfile is kept and checked", async () => {
    put({
      "package.json": JSON.stringify({
        name: "@acme/orders",
        scripts: { start: "node server.js" },
        dependencies: { express: "5" },
      }),
      "server.js": 'app.get("/healthz", ok);\napp.listen(process.env.PORT ?? 4000);\n',
      Dockerfile:
        'FROM public.ecr.aws/docker/library/node:22-slim\nCOPY . .\nUSER node\nEXPOSE 4100\nHEALTHCHECK CMD true\nCMD ["node", "server.js"]\n',
      ".gitignore": "node_modules",
    });
    const answer = JSON.parse((await stage.type("init", "--yes", "--json", "--region", "eu-west-1")).answer) as Record<
      string,
      unknown
    >;
    expect(answer).toMatchObject({
      name: "orders",
      port: 4100,
      language: "node",
      files: [
        { path: "buildspec.yml", action: "created" },
        { path: ".gitignore", action: "extended", note: ".fairlead/ .env" },
        { path: "stack.config.ts", action: "created" },
      ],
      next: "npx fairlead plan",
    });
    expect(JSON.stringify(answer["findings"])).toContain("ECS ignores HEALTHCHECK");
    await live();
  });

  it.each([
    ["Python", { "requirements.txt": "flask\n", "app.py": 'app = Flask(__name__)\n@app.route("/health")\n' }],
    [
      "Go",
      {
        "go.mod": "module example.com/pay\n\ngo 1.24\n",
        "cmd/pay/main.go": 'package main\n\nfunc main() {\n\thttp.ListenAndServe(":9090", nil)\n}\n',
      },
    ],
  ])("is a %s application, which gets a Dockerfile", async (_language, files) => {
    put(files);
    expect(await run("init", "--yes", "--region", "eu-west-1")).toContain("created  Dockerfile");
    await live();
  });

  it("is found from a folder below, also as JSON", async () => {
    put({
      ".git/HEAD": "",
      "stack.config.json": '{ "name": "below", "region": "eu-west-1" }',
      "src/deep/main.js": "",
    });
    const below = { directory: file("src/deep") };
    const { programOf } = await import("../../src/cli/program.ts");
    const said = await stage.act(async (context) => {
      let exit = 1;
      await programOf({ ...context, ...below }, (code) => (exit = code)).parseAsync(["reconcile", "--json"], {
        from: "user",
      });
      return exit;
    });
    expect(JSON.parse(said.answer)).toMatchObject({ stack: "below", summary: { created: 42 } });
    expect(existsSync(file(".fairlead/below-dev.json"))).toBe(true);
    put({ "stack.config.json": '{\n  "name": "below",\n  "container": { "prt": 1 }\n}' });
    const { lines } = await stage.type("plan");
    expect(lines.join("\n")).toContain("stack.config.json:3:18: container.prt: is an unknown setting");
  });
});

describe("an application of AWS Copilot", () => {
  it("that is refused ends with a command that goes on from there", async () => {
    const refused = async (...argv: string[]) => {
      const { exit, errors } = await stage.type("init", "--from", "copilot", ...argv);
      return { exit, last: errors.join("\n").split(": ").at(-1) };
    };
    expect(await refused()).toEqual({ exit: 2, last: "npx fairlead init --from copilot DIR" });
    expect(await refused("nowhere")).toEqual({ exit: 2, last: "mkdir -p nowhere && npx fairlead init nowhere" });
    put({
      "shop/copilot/web/manifest.yml":
        "name: web\ntype: Load Balanced Web Service\nimage:\n  build: Dockerfile\n  port: 80\n",
    });
    expect(await refused("shop", "--name", "Not A Name")).toEqual({
      exit: 1,
      last: "npx fairlead init --from copilot shop --name NAME",
    });
    put({ "shop/stack.config.ts": "export default {};\n" });
    const moved = "mv shop/stack.config.ts shop/stack.config.ts.old && npx fairlead init --from copilot shop";
    expect(await refused("shop")).toEqual({ exit: 2, last: moved });
  });

  const read = async (name: string, region: string) => {
    cpSync(fixture(name), stage.directory, { recursive: true });
    return run("init", "--from", "copilot", ".", "--region", region);
  };

  it("of two services and secrets lives here", async () => {
    const said = await read("market", "ap-northeast-1");
    expect(said).toContain("http.stickiness");
    expect(said).toMatch(
      /^Read 2 services and jobs and 2 environments of market: \d+ fields carried over, \d left out\.$/m,
    );
    await stage.meddle(async ({ ssm, secretsManager }) => {
      await ssm(
        new PutParameterCommand({
          Name: "/copilot/market/test/secrets/DATABASE_URL",
          Value: "x",
          Type: "SecureString",
        }),
      );
      await secretsManager(new CreateSecretCommand({ Name: "market/test/mail", SecretString: '{"password":"x"}' }));
    });
    await live();
  });

  it("of an internal service, a worker, a job and a bucket lives here", async () => {
    await read("events", "eu-west-1");
    await live();
  });

  it("of files, sidecars and a network of its own is planned", async () => {
    await read("blog", "eu-west-1");
    const { world } = stage.world("eu-west-1");
    world.save();
    const { lines } = await stage.type("plan");
    // Its secret is not there: the plan says what to use here instead, and has nothing else against the config.
    const refused = lines.filter((line) => line.startsWith("! "));
    expect(refused).toEqual([
      expect.stringContaining("ADMIN_TOKEN is read from parameter ADMIN_TOKEN, which the simulated AWS does not have"),
    ]);
  });
});
