import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changedFiles, readSource, SourceError } from "../../../src/release/source.ts";
import { unzip } from "../../../src/simulator/codebuild/zip.ts";

const NEEDED = { Dockerfile: "FROM scratch\n", "buildspec.yml": "version: 0.2\n" };
let base: string;
let folder: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "source-"));
  folder = join(base, "service");
  await mkdir(folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>, into = folder): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), text);
  }
}

/** The paths of a source, without the two files that every source here has. */
async function pathsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  await write({ ...NEEDED, ...files });
  const { files: found } = await readSource(folder);
  return found.map((file) => file.path).filter((path) => !(path in NEEDED) && !path.endsWith("ignore"));
}

async function refusal(directory = folder, buildspec?: string): Promise<string> {
  const error: unknown = await readSource(directory, buildspec).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceError);
  return (error as SourceError).message;
}

const sha256 = (content: string | Uint8Array) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** What the archive's directory says of each file. */
function entriesOf(zip: Uint8Array) {
  const bytes = Buffer.from(zip);
  const entries = [];
  let at = bytes.readUInt32LE(bytes.length - 6);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [name, extra] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const path = bytes.toString("utf8", at + 46, at + 46 + name);
    const [system, time, date] = [bytes[at + 5], bytes.readUInt16LE(at + 12), bytes.readUInt16LE(at + 14)];
    entries.push({ path, system, time, date, mode: bytes.readUInt32LE(at + 38) / 0x10000, extra });
    at += 46 + name + extra;
  }
  return entries;
}

describe("the archive", () => {
  it("holds each file with its content, sorted by path, and tells digests and size", async () => {
    await write({ ...NEEDED, "src/b.js": "bb", "src/a.js": "a", "src/Z.js": "", "src-2/ü.js": "ü" });
    const source = await readSource(folder);
    const paths = ["Dockerfile", "buildspec.yml", "src-2/ü.js", "src/Z.js", "src/a.js", "src/b.js"];
    const texts = [NEEDED.Dockerfile, NEEDED["buildspec.yml"], "ü", "", "a", "bb"];
    expect(source.files).toEqual(paths.map((path, index) => ({ path, digest: sha256(texts[index] ?? "") })));
    const read = Object.entries(unzipSync(source.zip)).map(([path, content]) => [path, strFromU8(content)]);
    expect(read).toEqual(paths.map((path, index) => [path, texts[index]]));
    expect(source.digest).toBe(sha256(source.zip));
    expect(source.bytes).toBe(Buffer.byteLength(texts.join("")));
    expect(source.commit).toBeUndefined();
  });

  it("is read by the CodeBuild of the local target", async () => {
    await write({ ...NEEDED, "app.js": "a long line\n".repeat(1000) });
    const { zip } = await readSource(folder);
    expect(zip.length).toBeLessThan(1000);
    expect(unzip(Buffer.from(zip)).get("app.js")?.toString()).toBe("a long line\n".repeat(1000));
  });

  it("has the same bytes whatever the times, the umask, the time zone and the order of writing were", async () => {
    await write({ ...NEEDED, "a/one.js": "1", "b/run.sh": "2", "ä.js": "3" });
    await chmod(join(folder, "b/run.sh"), 0o755);
    const first = await readSource(folder);

    const other = join(base, "other");
    await write({ "ä.js": "3", "b/run.sh": "2", "a/one.js": "1", ...NEEDED }, other);
    for (const path of ["ä.js", "a/one.js", ...Object.keys(NEEDED)]) {
      await chmod(join(other, path), 0o600);
      await utimes(join(other, path), 1_000_000_000, 1_700_000_000);
    }
    await chmod(join(other, "b/run.sh"), 0o700);
    await chmod(join(other, "a"), 0o700);
    vi.stubEnv("TZ", "Pacific/Kiritimati");
    vi.stubEnv("LC_ALL", "sv_SE.UTF-8");
    const second = await readSource(other);

    expect(Buffer.from(second.zip).equals(Buffer.from(first.zip))).toBe(true);
    expect(second).toEqual(first);
  });

  it("has another digest when a content, a path or an executable bit changes", async () => {
    await write({ ...NEEDED, "a.sh": "1" });
    const digests = [(await readSource(folder)).digest];
    await chmod(join(folder, "a.sh"), 0o744);
    digests.push((await readSource(folder)).digest);
    await write({ "a.sh": "2" });
    digests.push((await readSource(folder)).digest);
    await write({ "b.sh": "2" });
    await rm(join(folder, "a.sh"));
    digests.push((await readSource(folder)).digest);
    expect(new Set(digests).size).toBe(4);
  });

  it("keeps the owner's executable bit, and else the same mode and date for all", async () => {
    await write({ ...NEEDED, "run.sh": "", "group.sh": "" });
    await chmod(join(folder, "run.sh"), 0o711);
    await chmod(join(folder, "group.sh"), 0o654);
    // The first of January of the first year that an archive knows, at midnight; written by Unix.
    const same = { system: 3, time: 0, date: 0x21, extra: 0, mode: 0o100644 };
    expect(entriesOf((await readSource(folder)).zip)).toEqual([
      { path: "Dockerfile", ...same },
      { path: "buildspec.yml", ...same },
      { path: "group.sh", ...same },
      { path: "run.sh", ...same, mode: 0o100755 },
    ]);
  });
});

describe("what .dockerignore leaves out", () => {
  const rules = (text: string, ...paths: readonly string[]) =>
    pathsOf({ ".dockerignore": text, ...Object.fromEntries(paths.map((path) => [path, path])) });

  it.each([
    ["holds from the root", "log\n/tmp\n./out/\n", ["log", "tmp/a", "out/a", "a/log", "a/tmp/b"], ["a/log", "a/tmp/b"]],
    ["* stays in its folder", "*.md\na/*.js\n", ["x.md", "a/x.md", "a/b.js", "a/b/c.js"], ["a/b/c.js", "a/x.md"]],
    ["** means any number of folders", "**/*.md\na/**/z\n", ["x.md", "a/b/x.md", "a/z", "a/b/c/z", "z"], ["z"]],
    ["a folder's ** means what is in it", "a/**\n", ["a/b", "a/b/c", "ab"], ["ab"]],
    ["a leading ** takes any beginning", "**box\n", ["a/sandbox", "box", "boxes"], ["boxes"]],
    ["? means one character", "a?c\n", ["abc", "a/c", "ac", "aüc"], ["a/c", "ac"]],
    [
      "a class means one of its characters",
      "[a-c^]1\n[^\\-x]2\n",
      ["b1", "^1", "d1", "-2", "x2", "y2"],
      ["-2", "d1", "x2"],
    ],
    ["an escaped character means itself", "\\*a\n", ["*a", "ba"], ["ba"]],
    ["other characters mean themselves", "a.(b)+\n", ["a.(b)+", "ax(b)+"], ["ax(b)+"]],
    ["an exception takes back in", "docs\n!docs/keep.md\n", ["docs/a", "docs/keep.md", "docs/b/c"], ["docs/keep.md"]],
    ["an exception with a wildcard does too", "a\n!a/*/k*\n", ["a/b/k1", "a/b/c", "a/k1"], ["a/b/k1"]],
    ["the last match wins", "!a\na\nb\n!b\n", ["a", "b"], ["b"]],
    ["an exception may be taken back", "*\n!src\nsrc/*.test.js\n", ["a", "src/b.js", "src/b.test.js"], ["src/b.js"]],
    ["an exception of a folder that is in says nothing", "!a\n**/x\n", ["a/x", "a/y"], ["a/y"]],
    ["case counts", "A\n", ["a"], ["a"]],
    ["blanks around are no part of it", "  a  \n! \tb\n*b\n", ["a", "b", "bb"], []],
    ["a byte order mark is no part of it", "\uFEFFa\r\nb\r\n", ["a", "b", "c"], ["c"]],
    ["# makes a comment in the first column alone", "#a\n #b\n", ["#a", "#b"], ["#a"]],
    ["the root itself is not left out", ".\n/\n\n", ["a"], ["a"]],
  ])("%s", async (_, text, paths, kept) => {
    expect(await rules(text, ...paths)).toEqual(kept);
  });

  it("is never a Dockerfile, a .dockerignore or the buildspec, wherever that is", async () => {
    await write({
      ...NEEDED,
      ".dockerignore": "*\n",
      ".gitignore": "*\n!*/\n",
      "ci/a/build.yml": "v",
      "ci/a/b": "",
      c: "",
    });
    const paths = async (buildspec?: string) => (await readSource(folder, buildspec)).files.map((file) => file.path);
    expect(await paths()).toEqual([".dockerignore", "Dockerfile", "buildspec.yml"]);
    expect(await paths("./ci/a/build.yml")).toEqual([".dockerignore", "Dockerfile", "ci/a/build.yml"]);
    await write({ ".gitignore": "ci/\nDockerfile\n" });
    expect(await paths("ci/a/build.yml")).toEqual([".dockerignore", "Dockerfile", "ci/a/build.yml"]);
  });

  it.each(["a[", "[]a]", "[b-]", "[z-a]", "a\\", "!"])("is refused where docker would: %s", async (line) => {
    await write({ ...NEEDED, ".dockerignore": `log\n${line}\n` });
    expect(await refusal()).toBe(
      `The line ${line} of .dockerignore is no pattern that docker understands. Correct it.`,
    );
  });
});

describe("what .gitignore leaves out", () => {
  const rules = (files: Readonly<Record<string, string>>, ...paths: readonly string[]) =>
    pathsOf({ ...files, ...Object.fromEntries(paths.map((path) => [path, path])) });

  it("holds for every folder below, unless it has a slash", async () => {
    const text = "*.log\n/only\nsub/x\ndist/\n";
    const paths = ["a.log", "b/a.log", "only", "b/only", "sub/x", "b/sub/x", "b/dist/y", "dist"];
    expect(await rules({ ".gitignore": text }, ...paths)).toEqual(["b/only", "b/sub/x", "dist"]);
  });

  it("can be taken back in by a later line, but not below a folder that is out", async () => {
    const text = "*.log\n!keep.log\nout/\n!out/a\n";
    expect(await rules({ ".gitignore": text }, "a.log", "b/keep.log", "out/a")).toEqual(["b/keep.log"]);
  });

  it("is told by nested files too, each for its own folder, the deepest last", async () => {
    const files = {
      ".gitignore": "*.log\nbuild/\n",
      "[a] b/.gitignore": "!x.log\n!build/\n/y\n  \n/\n# z\nt \n",
    };
    const paths = ["x.log", "y", "build/f", "[a] b/x.log", "[a] b/c/x.log", "[a] b/c.log", "[a] b/build/f"];
    const more = ["[a] b/y", "[a] b/c/y", "[a] b/c/t", "a b/t"];
    const kept = ["[a] b/build/f", "[a] b/c/x.log", "[a] b/c/y", "[a] b/x.log", "a b/t", "y"];
    expect(await rules(files, ...paths, ...more)).toEqual(kept);
  });

  it("distinguishes cases, as a disk may not", async () => {
    expect(await rules({ ".gitignore": "Dist\n" }, "dist")).toEqual(["dist"]);
  });

  it("stays out whatever .dockerignore takes back in", async () => {
    expect(await rules({ ".gitignore": ".env\n", ".dockerignore": "*\n!.env\n!a\n" }, ".env", "a")).toEqual(["a"]);
  });

  it("is told by the folders above, up to the top of the checkout", async () => {
    await write({ ".gitignore": "top\n" }, base);
    await write({ "mono/.git": "gitdir: elsewhere\n", "mono/.gitignore": ".env\n/services/*/gen\n/gen\n" }, base);
    folder = join(base, "mono/services/one");
    await write({ ".gitignore": "!services\n" }, join(base, "mono/services"));
    expect(await rules({}, ".env", "a/.env", "gen", "services", "top")).toEqual(["services", "top"]);
  });

  it("is nothing of a folder that the checkout leaves out as a whole", async () => {
    await write({ ".git/HEAD": "", ".gitignore": "service/\n.env\n" }, base);
    expect(await rules({ ".gitignore": "b\n" }, ".env", "a", "b")).toEqual([".env", "a"]);
  });

  it("includes git's own folder, at any depth, and not what is called alike", async () => {
    const paths = [".git/HEAD", "module/.git", "module/a", ".github/w", ".gitattributes"];
    expect(await rules({ ".dockerignore": "!.git\n" }, ...paths)).toEqual([".gitattributes", ".github/w", "module/a"]);
  });
});

describe("links", () => {
  const outside = "which is outside the folder, so the build would not have it.";
  const remedy = "Replace it, or leave it out with .dockerignore.";

  it("are archived as the file or the folder that they point to", async () => {
    await write({ ...NEEDED, "bin/run": "run", "lib/a": "A", "lib/b.log": "", ".gitignore": "*.log\n" });
    await chmod(join(folder, "bin/run"), 0o755);
    await symlink("bin/run", join(folder, "start"));
    await symlink("../lib", join(folder, "bin/lib"));
    const { zip } = await readSource(folder);
    const texts = Object.fromEntries(Object.entries(unzipSync(zip)).map(([path, text]) => [path, strFromU8(text)]));
    const files = { "bin/lib/a": "A", "bin/run": "run", "lib/a": "A", start: "run" };
    expect(texts).toEqual({ ...NEEDED, ".gitignore": "*.log\n", ...files });
    const modes = entriesOf(zip).filter((entry) => entry.mode === 0o100755);
    expect(modes.map((entry) => entry.path)).toEqual(["bin/run", "start"]);
  });

  it("are refused where they point outside, even to a folder whose name begins alike", async () => {
    await write({ ...NEEDED, "a/b": "" });
    await write({ "service-2/secret": "" }, base);
    await symlink("../../service-2/secret", join(folder, "a/link"));
    expect(await refusal()).toBe(`The link a/link in ${folder} points to ../../service-2/secret, ${outside} ${remedy}`);
    await rm(join(folder, "a/link"));
    await symlink(base, join(folder, "up"));
    expect(await refusal()).toBe(`The link up in ${folder} points to ${base}, ${outside} ${remedy}`);
  });

  it("are refused where they point to nothing, or to each other", async () => {
    await write(NEEDED);
    await symlink("gone", join(folder, "a"));
    expect(await refusal()).toBe(`The link a in ${folder} points to gone, where nothing is. ${remedy}`);
    await rm(join(folder, "a"));
    await symlink("c", join(folder, "b"));
    await symlink("b", join(folder, "c"));
    expect(await refusal()).toBe(`The link b in ${folder} points to c, where nothing is. ${remedy}`);
  });

  it("are refused where following them would have no end", async () => {
    await write({ ...NEEDED, "a/x": "", "b/x": "" });
    await symlink("../b", join(folder, "a/b"));
    await symlink("../a", join(folder, "b/a"));
    const endless = "a folder that the link itself is in, so there would be no end.";
    expect(await refusal()).toBe(`The link a/b/a in ${folder} points to ../a, ${endless} ${remedy}`);
    await rm(join(folder, "b/a"));
    await symlink(".", join(folder, "a/self"));
    expect(await refusal()).toBe(`The link a/self in ${folder} points to ., ${endless} ${remedy}`);
  });

  it("are of no interest where they are left out", async () => {
    await write({ ...NEEDED, ".dockerignore": "venv\n", ".gitignore": "node_modules/\n" });
    await symlink("/nowhere", join(folder, "venv"));
    await symlink(base, join(folder, "node_modules"));
    expect((await readSource(folder)).files).toHaveLength(4);
  });

  it("may lead to the folder itself", async () => {
    await write({ ...NEEDED, a: "" });
    const link = join(base, "current");
    await symlink(folder, link);
    expect(await readSource(link)).toEqual(await readSource(folder));
  });
});

describe("a folder that cannot be released", () => {
  const both = "A release needs both: CodeBuild follows buildspec.yml, which builds the image from the Dockerfile.";

  it("does not exist, or is none", async () => {
    const gone = join(base, "gone");
    const remedy = "Name the folder that holds the service's Dockerfile.";
    expect(await refusal(gone)).toBe(`There is no folder ${gone}. ${remedy}`);
    await write(NEEDED);
    const file = join(folder, "Dockerfile");
    expect(await refusal(file)).toBe(`${file} is not a folder. ${remedy}`);
    expect(await refusal(join(file, "a"))).toBe(`There is no folder ${join(file, "a")}. ${remedy}`);
  });

  it("cannot be read", async () => {
    const long = join(base, "a".repeat(300));
    expect(await refusal(long)).toBe(`The folder ${long} cannot be read: ENAMETOOLONG: name too long, stat '${long}'.`);
  });

  it("is empty, even where it is a checkout", async () => {
    const empty = `The folder ${folder} is empty. A release needs both a Dockerfile and buildspec.yml in it.`;
    expect(await refusal()).toBe(empty);
    await write({ ".git/HEAD": "" });
    expect(await refusal()).toBe(empty);
  });

  it("lacks the Dockerfile, the buildspec or both", async () => {
    await write({ "app.js": "" });
    expect(await refusal()).toBe(`The folder ${folder} has neither a Dockerfile nor buildspec.yml. ${both}`);
    await write({ Dockerfile: "" });
    expect(await refusal()).toBe(`The folder ${folder} has no buildspec.yml. ${both}`);
    await rm(join(folder, "Dockerfile"));
    await write({ "buildspec.yml": "", "Dockerfile/a": "" });
    expect(await refusal()).toBe(`The folder ${folder} has no Dockerfile. ${both}`);
  });

  it("lacks the buildspec that the stack names", async () => {
    await write(NEEDED);
    expect(await refusal(folder, "ci/build.yml")).toBe(
      `The folder ${folder} has no ci/build.yml. ${both.replace("buildspec.yml", "ci/build.yml")}`,
    );
    await write({ "build.yml": "" }, base);
    expect(await refusal(folder, "../build.yml")).toContain("has no ../build.yml.");
  });

  it("is larger than 500 MB, counting what is not left out", async () => {
    await write({ ...NEEDED, "data/model.bin": "", "data/small.bin": "" });
    await truncate(join(folder, "data/model.bin"), 499_000_000);
    await truncate(join(folder, "data/small.bin"), 1_000_001);
    expect(await refusal()).toBe(
      `The folder ${folder} holds 501 MB, and a release at most 500 MB. The largest file is data/model.bin with 499 MB. Leave out what the image does not need with .dockerignore.`,
    );
    await write({ ".dockerignore": "data/model.bin\n" });
    expect((await readSource(folder)).files).toHaveLength(4);
  });
});

describe("the commit", () => {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", ...args], {
      cwd: base,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  const commit = async () => (await readSource(folder)).commit;

  it("is the one that is checked out, dirty where the folder has changes", async () => {
    await write({ ...NEEDED, ".gitignore": "*.log\n" });
    git("init", "-q");
    expect(await commit()).toBeUndefined();
    git("add", ".");
    git("commit", "-q", "-m", "First");
    const head = git("rev-parse", "HEAD");
    expect(head).toMatch(/^[0-9a-f]{40}$/);
    expect(await commit()).toBe(head);
    await write({ "elsewhere/a": "" }, base);
    await write({ "a.log": "" });
    expect(await commit()).toBe(head);
    await write({ "new.js": "" });
    expect(await commit()).toBe(`${head}-dirty`);
    await rm(join(folder, "new.js"));
    await write({ Dockerfile: "FROM other\n" });
    expect(await commit()).toBe(`${head}-dirty`);
  });

  it("is that of the folder, not of a hook that runs the release", async () => {
    await write(NEEDED);
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "First");
    vi.stubEnv("GIT_DIR", "/elsewhere");
    vi.stubEnv("GIT_WORK_TREE", "/elsewhere");
    vi.stubEnv("GIT_INDEX_FILE", "/elsewhere/index");
    expect(await commit()).toMatch(/^[0-9a-f]{40}$/);
  });

  it("is not known where there is no git", async () => {
    await write(NEEDED);
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "First");
    vi.stubEnv("PATH", join(base, "nothing"));
    expect(await commit()).toBeUndefined();
  });
});

describe("the services of this repository", () => {
  const pathsIn = async (name: string) =>
    (await readSource(fileURLToPath(new URL(`../../../${name}`, import.meta.url)))).files.map((file) => file.path);

  it("are packed with what the build needs: service", async () => {
    const paths = await pathsIn("service");
    const outside = paths.filter((path) => !path.startsWith("src/"));
    const files = ["Dockerfile", "buildspec.yml", "package-lock.json", "package.json", "tsconfig.json"];
    expect(outside).toEqual([".dockerignore", ...files]);
    expect(paths).toContain("src/main.ts");
  });

  it("are packed with what the build needs: examples/flask", async () => {
    const paths = await pathsIn("examples/flask");
    const modules = ["app.py", "buildspec.yml", "checks.py", "data.py", "gunicorn.conf.py", "operations.py"];
    expect(paths.filter((path) => !path.startsWith("templates/"))).toEqual([
      ".dockerignore",
      "Dockerfile",
      ...modules,
      "requirements.txt",
    ]);
    expect(paths.some((path) => path.startsWith("templates/"))).toBe(true);
  });
});

describe("changed files", () => {
  const list = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([path, digest]) => ({ path, digest }));

  it("are those that are new, gone or different, each once", () => {
    const before = list({ a: "1", b: "1", c: "1" });
    expect(changedFiles(before, before)).toBe(0);
    expect(changedFiles(before, list({ c: "1", b: "2", d: "1" }))).toBe(3);
    expect(changedFiles([], before)).toBe(3);
    expect(changedFiles(before, [])).toBe(3);
  });
});
