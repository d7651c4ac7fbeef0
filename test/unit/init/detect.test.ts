import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { detect, nameOf } from "../../../src/init/detect.ts";
import { dockerfileFor } from "../../../src/init/dockerfile.ts";
import { create, extend } from "../../../src/init/files.ts";
import { nodeInstall } from "../../../src/init/node.ts";
import { nodeVersion } from "../../../src/init/node-version.ts";
import { sampleFor } from "../../../src/init/sample.ts";
import { githubRepository } from "../../../src/init/workflow.ts";

const folders: string[] = [];
const folder = (files: Readonly<Record<string, string>>) => {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-init-"));
  folders.push(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
};
afterEach(() => {
  for (const directory of folders.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const found = (files: Readonly<Record<string, string>>) => detect(folder(files));
const command = (files: Readonly<Record<string, string>>) => {
  const { app } = found(files);
  const made = app && dockerfileFor(app, 8000);
  return made && "text" in made ? (made.text.trim().split("\n").at(-1) ?? "") : made?.why;
};

describe("what is in a folder", () => {
  it("is nothing, also after npm init and an install of Fairlead", () => {
    expect(found({}).isEmpty).toBe(true);
    const manifest = JSON.stringify({
      name: "x",
      main: "index.js",
      devDependencies: { fairlead: "1" },
      scripts: { test: "x" },
    });
    expect(found({ "package.json": manifest, "package-lock.json": "{}", "README.md": "" })).toMatchObject({
      isEmpty: true,
      app: undefined,
    });
    expect(found({ "data.csv": "" }).isEmpty).toBe(false);
  });

  it.each([
    ["app.listen(process.env.PORT ?? 4000)", 4000],
    ['app.listen(process.env["PORT"] || "4001")', 4001],
    ["server.listen({ port: 4002 })", 4002],
    ["const port = 4003;", 4003],
  ])("is a Node.js application that listens on a port: %s", (line, port) => {
    expect(found({ "package.json": "{}", "server.js": `\n${line}\n` }).port).toEqual({
      value: port,
      where: "server.js:2",
    });
  });

  it.each([
    ['app.run(host="0.0.0.0", port=5001)', 5001],
    ['port = int(os.environ.get("PORT", "5002"))', 5002],
    ['os.getenv("PORT", 5003)', 5003],
  ])("is a Python application that listens on a port: %s", (line, port) => {
    expect(found({ "app.py": line })).toMatchObject({ app: { language: "python" }, port: { value: port } });
  });

  it.each([
    ["module example.com/pay/v2", "pay"],
    ['module "example.com/v3/pay"', "pay"],
    ["module gopkg.in/pay.v1", "pay"],
    ["module v2", "v2"],
  ])("has the name of %s without a major version: %s", (line, name) => {
    expect(found({ "go.mod": `${line}\n` }).name).toBe(name);
  });

  it("is EXPOSE of a Dockerfile before anything in the sources", () => {
    const files = {
      "main.go": 'http.ListenAndServe(":9090", nil)',
      "go.mod": "module example.com/pay/v2\n\ngo 1.23.4\n",
    };
    expect(found(files)).toMatchObject({ port: { value: 9090 }, name: "pay" });
    expect(found({ ...files, Dockerfile: "FROM scratch\nEXPOSE 7000" }).port).toEqual({
      value: 7000,
      where: "EXPOSE in the Dockerfile",
    });
  });

  it.each([
    [{ "server.js": 'app.get("/healthz", ok)' }, "/healthz", "server.js:1"],
    [{ "app.py": '@app.get("/ping")\n@app.get("/health")' }, "/health", "app.py:2"],
    [{ "main.go": 'mux.HandleFunc("GET /livez", ok)' }, "/livez", "main.go:1"],
    [{ "app/api/health/route.ts": "export const GET = () => ok" }, "/api/health", "app/api/health/route.ts"],
    [{ "shop/urls.py": 'path("health/", ok)' }, "/health/", "shop/urls.py:1"],
    [
      { Dockerfile: "FROM x\nHEALTHCHECK CMD wget http://localhost:80/ready" },
      "/ready",
      "HEALTHCHECK in the Dockerfile",
    ],
  ])("has a health route: %j", (files, value, where) => {
    expect(found({ "package.json": "{}", ...files }).health).toEqual({ value, where });
  });

  it("is not looked for in tests, packages and builds", () => {
    const text = 'app.get("/health"); app.listen(4000)';
    const files = Object.fromEntries(
      ["node_modules/a/index.js", "dist/a.js", "test/a.js", "a.test.js", "b_test.go"].map((path) => [path, text]),
    );
    expect(found({ "package.json": "{}", "server.js": "", ...files })).toMatchObject({
      health: undefined,
      port: undefined,
    });
  });

  it("is a folder for each Dockerfile below, if there is no application above", () => {
    expect(found({ "api/Dockerfile": "", "apps/web/Dockerfile": "", "node_modules/x/Dockerfile": "" }).parts).toEqual([
      "api",
      "apps/web",
    ]);
  });
});

describe("how a Node.js application is installed", () => {
  it.each([
    ["", "24"],
    [">=20", "24"],
    [">=18.17 <23", "22"],
    ["^20.9.0 || ^22", "22"],
    ["20.x", "20"],
    ["~22.1", "22"],
    ["18 - 22", "22"],
    ["<=22.11", "20"],
    ["v22.11.0\n", "22"],
    ["lts/jod", "22"],
    ["lts/*", "24"],
    ["node", "24"],
    ["18", "24"],
  ])("in the newest image with long-term support that its versions allow: %j", (said, version) => {
    expect(nodeVersion(said)).toBe(version);
  });

  it("by the lock file that is there, also in a folder with nothing but an install of Fairlead", () => {
    const manifest = JSON.stringify({ devDependencies: { fairlead: "file:../fairlead-0.1.0.tgz" } });
    const directory = folder({ "package.json": manifest, "package-lock.json": "{}" });
    expect(detect(directory).isEmpty).toBe(true);
    const { app } = sampleFor("node", directory);
    const made = dockerfileFor(app, 3000);
    expect("text" in made && made.text).toContain(
      "COPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY . .\n\n",
    );
    expect(app).toMatchObject({ outside: [] });
    expect(nodeInstall(folder({ "package.json": manifest, "yarn.lock": "" }))).toMatchObject({
      manager: "yarn",
      outside: ["fairlead"],
    });
  });

  it("with its files, if packages of its own are among them", () => {
    const installs = (manifest: object) => nodeInstall(folder({ "package.json": JSON.stringify(manifest) }));
    expect(installs({ workspaces: ["packages/*"] }).installsWithFiles).toBe(true);
    expect(installs({ dependencies: { own: "file:./own" } })).toMatchObject({ installsWithFiles: true, outside: [] });
    expect(installs({ dependencies: { own: "^1" } }).installsWithFiles).toBe(false);
    expect(installs({ dependencies: { own: "../own" } })).toMatchObject({ installsWithFiles: false, outside: ["own"] });
  });
});

describe("how an application starts", () => {
  it.each([
    [
      { "package.json": '{"scripts":{"start":"node dist/main.js --color"}}' },
      'CMD ["node", "dist/main.js", "--color"]',
    ],
    [{ "package.json": '{"scripts":{"start":"next start"}}' }, 'CMD ["npm", "start"]'],
    [{ "package.json": '{"scripts":{"start":"node a.js && node b.js"}}' }, 'CMD ["npm", "start"]'],
    [{ "package.json": '{"main":"lib/x.js","dependencies":{"a":"1"}}', "lib/x.js": "" }, 'CMD ["node", "lib/x.js"]'],
    [
      { "package.json": '{"dependencies":{"a":"1"}}' },
      "package.json has no start script, and there is no server.js or index.js",
    ],
    [
      { Procfile: "web: gunicorn shop.wsgi -b :$PORT\n", "requirements.txt": "" },
      'CMD ["sh", "-c", "exec gunicorn shop.wsgi -b :$PORT"]',
    ],
    [
      { "requirements.txt": "flask", "src/shop/app.py": "server = Flask(__name__)" },
      'CMD ["gunicorn", "src.shop.app:server"]',
    ],
    [
      { "requirements.txt": "", "main.py": "app: FastAPI = FastAPI()" },
      String.raw`CMD ["sh", "-c", "exec uvicorn main:app --host 0.0.0.0 --port \"$PORT\""]`,
    ],
    [{ "manage.py": "", "shop/wsgi.py": "application = get_wsgi_application()" }, 'CMD ["gunicorn", "shop.wsgi"]'],
    [
      { "pyproject.toml": "" },
      "there is no Procfile, manage.py, app.py or main.py, and no Flask or FastAPI application",
    ],
    [{ "go.mod": "module x", "lib.go": "package lib" }, "no package has a main function"],
  ])("%j", (files, line) => {
    expect(command(files as Record<string, string>)).toBe(line);
  });

  it("adds the server that the requirements lack", () => {
    const text = (requirements: string) => {
      const { app } = found({ "requirements.txt": requirements, "app.py": "app = Flask(__name__)" });
      return app?.language === "python" ? app.adds : "none";
    };
    expect([text("flask"), text("Flask\ngunicorn==23")]).toEqual(["gunicorn", undefined]);
  });
});

it.each([
  ["@acme/Order_Service", "order-service"],
  ["  2048 game!", "game"],
  ["a-very-long-name-of-an-application", "a-very-long-name-o"],
  ["日本", "app"],
])("a stack may be called after %s", (text, name) => {
  expect(nameOf(text)).toBe(name);
});

describe("files", () => {
  it("are never overwritten", () => {
    const directory = folder({ Dockerfile: "FROM mine" });
    expect(create(directory, "Dockerfile", "FROM ours")).toMatchObject({ action: "kept" });
    expect(readFileSync(join(directory, "Dockerfile"), "utf8")).toBe("FROM mine");
    expect(create(directory, "a/b.yml", "x")).toEqual({ path: "a/b.yml", action: "created" });
  });

  it("get the lines that they lack, at a line of their own", () => {
    const directory = folder({ ".gitignore": "/node_modules\n.env" });
    expect(extend(directory, ".gitignore", [".fairlead/", "node_modules/", ".env"])).toEqual({
      path: ".gitignore",
      action: "extended",
      note: ".fairlead/",
    });
    expect(readFileSync(join(directory, ".gitignore"), "utf8")).toBe("/node_modules\n.env\n.fairlead/\n");
    expect(extend(directory, ".gitignore", [".fairlead/"])).toMatchObject({ action: "kept" });
  });
});

it.each([
  "git@github.com:octo-org/shop.git",
  "https://github.com/octo-org/shop",
  "ssh://git@github.com/octo-org/shop.git",
])("the repository of %s is found from a folder of its checkout", (url) => {
  const directory = folder({
    ".git/config": `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = x\n`,
    ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/trunk\n",
    "a/b.txt": "",
  });
  expect(githubRepository(join(directory, "a"))).toEqual({ repository: "octo-org/shop", branch: "trunk" });
});
