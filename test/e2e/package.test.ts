import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm pack` makes, installed beside nothing but a stack.config.ts. */
describe("the package", () => {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-package-"));
  let archived = "";
  let installed: SpawnSyncReturns<string>;
  const npm = (...args: string[]) =>
    execFileSync("npm", args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  const check = (text: string, file = "check.ts", ...options: readonly string[]) => {
    writeFileSync(join(directory, file), text);
    const args = [
      join(root, "node_modules/typescript/bin/tsc"),
      "--noEmit",
      "--strict",
      ...(options.length > 0 ? options : ["--module", "nodenext"]),
      "--skipLibCheck",
      "false",
      file,
    ];
    return execFileSync(process.execPath, args, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  };

  beforeAll(() => {
    // Of an earlier build.
    writeFileSync(join(root, "dist/cli/main-EARLIER0.cjs"), "");
    // What Node compiles of a checkout's chunks when a command runs there is no part of the package.
    execFileSync(process.execPath, [join(root, "bin/fairlead.mjs"), "graph"], { cwd: root, stdio: "pipe" });
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", directory], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const tarball = packed.trim().split("\n").at(-1) ?? "";
    archived = execFileSync("tar", ["-tzf", join(directory, tarball)], { encoding: "utf8" });
    writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
    installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", join(directory, tarball)], {
      cwd: directory,
      encoding: "utf8",
    });
    writeFileSync(
      join(directory, "stack.config.ts"),
      'import { defineStack, type StackConfig } from "fairlead";\nconst config: StackConfig = { name: "packed" };\nexport default defineStack(config);\n',
    );
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("is installed without a word of npm's: it brings no script that npm would have to be allowed to run", () => {
    expect({ status: installed.status, warnings: installed.stderr.match(/^npm warn .*$/gim) ?? [] }).toEqual({
      status: 0,
      warnings: [],
    });
    const { scripts } = JSON.parse(readFileSync(join(directory, "node_modules/fairlead/package.json"), "utf8")) as {
      scripts: object;
    };
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(scripts).not.toHaveProperty(script);
  });

  it("has the same commands as the checkout", () => {
    expect(npm("exec", "--", "fairlead", "reconcile")).toContain("42 created");
    expect(npm("exec", "--", "fairlead", "outputs", "ecs_cluster_name")).toBe("packed-dev-cluster\n");
    expect(npm("exec", "--", "fairlead", "teardown", "--yes")).toContain("42 deleted");
  });

  it("needs no other package at run time, and contains nothing that a machine has compiled", () => {
    const text = readFileSync(join(root, "package.json"), "utf8");
    expect(JSON.parse(text)).not.toHaveProperty("dependencies");
    const packages = readdirSync(join(directory, "node_modules"), { withFileTypes: true });
    expect(packages.flatMap((entry) => (entry.name.startsWith(".") ? [] : entry.name))).toEqual(["fairlead"]);
    expect(existsSync(join(root, "dist/cli/compiled"))).toBe(true);
    expect(archived).not.toContain("compiled");
  });

  it.each([
    ["an ES module", "check.mts", "--module", "node16"],
    ["CommonJS", "check.cts", "--module", "node16"],
    ["CommonJS, by the latest rules", "check.cts", "--module", "nodenext"],
    ["a bundler", "check.ts", "--module", "esnext", "--moduleResolution", "bundler"],
  ])("has types for %s", (_, file, ...options) => {
    const text = (cpu: string) =>
      `import { defineStack } from "fairlead";\nimport { simulatedAws } from "fairlead/testing";\ndefineStack({ container: { cpu: ${cpu} } });\nsimulatedAws().calls;\n`;
    expect(check(text("512"), file, ...options)).toBe("");
    expect(() => check(text('"many"'), file, ...options)).toThrow("Command failed");
  });

  it.each([
    ["an ES module", "run.mts", "--module", "node16"],
    ["CommonJS", "run.cts", "--module", "node16"],
    ["a bundler", "run.ts", "--module", "esnext", "--moduleResolution", "bundler"],
  ])("has types for programs that run commands, for %s", (_, file, ...options) => {
    const text = (field: string) =>
      `import { FairleadError, plan, reconcile, type ReconcileAnswer, type StackEvent } from "fairlead";
const run = reconcile({ name: "demo" }, { confirm: ({ summary }) => summary.deleted === 0 });
export const answer: Promise<ReconcileAnswer | { readonly regions: readonly ReconcileAnswer[] }> = run;
export const events: AsyncIterable<StackEvent> = run;
export const count = plan({ file: "stack.config.ts" }).then((one) => ("regions" in one ? 0 : one.summary.${field} + 1));
export const exitOf = (error: unknown): number => (error instanceof FairleadError ? error.exit : 0);
`;
    const target = ["--target", "es2022", ...options];
    expect(check(text("created"), file, ...target)).toBe("");
    expect(() => check(text("invented"), file, ...target)).toThrow("Command failed");
  });

  it("runs commands in a program, imported and required, also with resources of the user's own", () => {
    const body = `
const own = { name: "programmed", resources: (scope) => {
  const queue = { visibilityTimeout: 30, retentionSeconds: 345600, receiveWaitSeconds: 20, redrivePolicy: undefined, managedEncryption: true, policy: undefined };
  const orders = scope.add("orders", kinds.Queue, { name: scope.name("orders"), ...queue });
  return { environment: { ORDERS: text\`of \${orders.arn}\` } };
} };
const main = async () => {
  const made = await reconcile(own, { directory: DIRECTORY });
  const again = await plan(own, { directory: DIRECTORY });
  const ended = await teardown(own, { directory: DIRECTORY });
  const wrong = await plan({ container: { cpu: 7 } }).catch((error) => [error instanceof FairleadError, error.problems.length]);
  console.log(JSON.stringify([made.summary.created, again.changes, ended.summary.deleted, wrong]));
};
main();
`;
    const names = "{ FairleadError, kinds, plan, reconcile, teardown, text }";
    for (const [file, head] of [
      ["program.mjs", `import ${names} from "fairlead";`],
      ["program.cjs", `const ${names} = require("fairlead");`],
    ] as const) {
      const place = join(directory, `of-${file}`);
      mkdirSync(place);
      writeFileSync(join(directory, file), head + body.replaceAll("DIRECTORY", JSON.stringify(place)));
      const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: directory, encoding: "utf8" });
      expect([stdout, stderr]).toEqual(["[43,false,43,[true,1]]\n", ""]);
    }
  });

  it("can be imported and required, and says nothing of it", () => {
    const run = (file: string, text: string) => {
      writeFileSync(join(directory, file), text);
      const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: directory, encoding: "utf8" });
      return { stdout, stderr };
    };
    const same = "console.log(typeof defineStack, typeof contract, Object.keys(kinds).length > 50);\n";
    const expected = { stdout: "function function true\n", stderr: "" };
    const imported = 'import { defineStack, kinds } from "fairlead";\nimport { contract } from "fairlead/testing";\n';
    expect(run("run.mjs", imported + same)).toEqual(expected);
    const required =
      'const { defineStack, kinds } = require("fairlead");\nconst { contract } = require("fairlead/testing");\n';
    expect(run("run.cjs", required + same)).toEqual(expected);
  });

  it("contains its licence, its changes, what its documents link to, and one build", () => {
    const files = archived.split("\n").map((path) => path.replace(/^package\//, ""));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "CHANGELOG.md", "README.md", "docs/settings.md"]));
    expect(files.filter((path) => /^dist\/cli\/main-.*\.cjs$/.test(path))).toHaveLength(1);
    const inPackage = join(directory, "node_modules/fairlead");
    const broken = files
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) =>
        Array.from(
          readFileSync(join(inPackage, path), "utf8").matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g),
          ([, link = ""]) => link,
        )
          .filter((link) => !/^https?:/.test(link))
          .filter((link) => !existsSync(join(inPackage, dirname(path), link)))
          .map((link) => `${path}: ${link}`),
      );
    expect(broken).toEqual([]);
  });

  it("contains the licence of every library whose code is in it", () => {
    const text = readFileSync(join(directory, "node_modules/fairlead/dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const library of ["@aws-sdk/client-ec2", "commander", "elkjs", "jiti", "p-retry", "yaml", "zod"])
      expect(text).toMatch(new RegExp(`^${library} \\d+\\.\\d+\\.\\d+ \\(.+\\): \\S+$`, "m"));
    expect(text).toContain("Eclipse Public License");
    expect(text).toContain("Apache License");
    expect(text).not.toMatch(/^(?:vitest|typescript|esbuild) /m);
  });

  it("has types for the configuration file", () => {
    expect(check('import { defineStack } from "fairlead";\ndefineStack({ container: { cpu: 512 } });\n')).toBe("");
    expect(() =>
      check('import { defineStack } from "fairlead";\ndefineStack({ container: { cpu: "many" } });\n'),
    ).toThrow("Command failed");
  });

  it("has types and code for resource kinds of the user's own and their tests, without a package of the SDK", () => {
    const kind = `import { defineKind, refuse, type Operations, type Tags } from "fairlead";
import { contract, simulatedAws } from "fairlead/testing";
class ThingClient {
  constructor(readonly config: { region?: string }) {}
  send(command: MakeCommand | EndCommand): Promise<object> { return Promise.resolve(command); }
}
class MakeCommand {
  constructor(readonly input: { Name: string }) {}
  resolveMiddleware(): (args: object) => Promise<{ output: { Arn: string } }> { throw new Error("never sent"); }
}
class EndCommand {
  constructor(readonly input: { Arn: string; Force: boolean }) {}
  resolveMiddleware(): (args: object) => Promise<{ output: { Ended: boolean } }> { throw new Error("never sent"); }
}
class OtherCommand {
  constructor(readonly input: { Other: string }) {}
  resolveMiddleware(): (args: object) => Promise<{ output: object }> { throw new Error("never sent"); }
}
const Thing = { Make: ({ Name }: { Name: string }, sim) => ({ Arn: Name === "" ? refuse("Bad", "bad") : sim.arn("thing", Name) }) } satisfies Operations;
export const thing = defineKind<{ name: string; tags: Tags }, { arn: string }>({
  type: "own/thing", fields: { name: { immutable: true }, tags: {} }, simulated: { Thing },
  observe: async () => undefined,
  create: async (aws, { name }, making) => {
    const send = aws.client(ThingClient, { region: "us-east-1" });
    const { Arn } = await send(new MakeCommand({ Name: name }), { once: true });
    const { Ended } = await send(new EndCommand({ Arn, Force: false }));
    await making.created(Ended ? Arn : name);
    return { id: Arn, attrs: { arn: Arn } };
  },
  update: async () => {},
  delete: async (aws) => void (await aws.client(ThingClient)(new COMMAND)),
});
console.log(contract({ kind: thing, spec: async () => ({ name: "n", tags: {} }), edits: {} }).length, simulatedAws({ kinds: [thing] }).calls);
`;
    expect(check(kind.replace("COMMAND", 'MakeCommand({ Name: "n" })'))).toBe("");
    expect(() => check(kind.replace("COMMAND", 'OtherCommand({ Other: "n" })'))).toThrow("Command failed");
  });
});
