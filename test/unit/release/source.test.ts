import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SourceError } from "../../../src/release/source.ts";
import { SourceFiles } from "../../../src/simulator/codebuild/source-files.ts";
import { packed } from "../../support/archived.ts";

const NEEDED = { Dockerfile: "FROM scratch\n", "buildspec.yml": "version: 0.2\n" };
type Texts = Readonly<Record<string, string>>;
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

async function write(files: Texts, into = folder): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), text);
  }
}

const pathsIn = async (directory: string, buildspec?: string) =>
  (await packed(directory, buildspec)).files.map((file) => file.path);

/** Which of `paths`, told apart by blanks, stay in a source that holds them and `files`. */
async function kept(files: Texts, paths: string): Promise<string> {
  await write({ ...NEEDED, ...files, ...Object.fromEntries(paths.split(" ").map((path) => [path, ""])) });
  return (await pathsIn(folder)).filter((path) => !(path in NEEDED) && !path.endsWith("ignore")).join(" ");
}

async function refusal(directory = folder, buildspec?: string): Promise<string> {
  const error: unknown = await packed(directory, buildspec).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceError);
  return (error as SourceError).message;
}

const sha256 = (content: string | Uint8Array) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const textsOf = (zip: Uint8Array) => Object.entries(unzipSync(zip)).map(([path, text]) => [path, strFromU8(text)]);

/** What the archive's directory says of each file. */
function entriesOf(zip: Uint8Array) {
  const entries = Buffer.from(zip).toString("latin1").split("PK\u0001\u0002").slice(1);
  return entries.map((text) => {
    const bytes = Buffer.from(text, "latin1");
    const [time, date, name, extra] = [8, 10, 24, 26].map((at) => bytes.readUInt16LE(at));
    const path = bytes.toString("utf8", 42, 42 + (name ?? 0));
    return { path, system: bytes[1], time, date, extra, mode: bytes.readUInt32LE(34) / 0x10000 };
  });
}

describe("the archive", () => {
  it("has each file with its content, sorted by path, and reports digests and size", async () => {
    const long = "a long line\n".repeat(1000);
    await write({ ...NEEDED, "src/b.js": long, "src/a.js": "a", "src/Z.js": "", "src-2/ü.js": "ü" });
    const source = await packed(folder);
    const all = Object.entries({ ...NEEDED, "src-2/ü.js": "ü", "src/Z.js": "", "src/a.js": "a", "src/b.js": long });
    expect(source.files).toEqual(all.map(([path, text]) => ({ path, digest: sha256(text) })));
    expect(textsOf(source.zip)).toEqual(all);
    const read = SourceFiles.in(Buffer.from(source.zip));
    expect([...read.keys()].map((path) => [path, read.get(path)])).toEqual(all);
    expect(source.digest).toBe(sha256(source.zip));
    expect(source.bytes).toBe(12_029);
    expect(source.zip.length).toBeLessThan(2000);
  });

  it("has the same bytes whatever the times, the umask, the time zone and the order of writing were", async () => {
    await write({ ...NEEDED, "a/one.js": "1", "b/run.sh": "2", "ä.js": "3" });
    await chmod(join(folder, "b/run.sh"), 0o755);
    const first = await packed(folder);
    const other = join(base, "other");
    await write({ "ä.js": "3", "b/run.sh": "2", "a/one.js": "1", ...NEEDED }, other);
    for (const path of ["ä.js", "a/one.js", "a", "b/run.sh", ...Object.keys(NEEDED)]) {
      await chmod(join(other, path), path.includes(".js") || path in NEEDED ? 0o600 : 0o700);
      await utimes(join(other, path), 1_000_000_000, 1_700_000_000);
    }
    vi.stubEnv("TZ", "Pacific/Kiritimati");
    vi.stubEnv("LC_ALL", "sv_SE.UTF-8");
    await symlink(other, join(base, "link"));
    expect(await packed(join(base, "link"))).toEqual(first);
  });

  it("has another digest when a content, a path or an executable bit changes", async () => {
    const steps = [
      () => write({ ...NEEDED, "a.sh": "1" }),
      () => chmod(join(folder, "a.sh"), 0o744),
      () => write({ "a.sh": "2" }),
      () => rename(join(folder, "a.sh"), join(folder, "b.sh")),
    ];
    const digests = new Set<string>();
    for (const step of steps) digests.add(await step().then(async () => (await packed(folder)).digest));
    expect(digests.size).toBe(4);
  });

  it("keeps the owner's executable bit, and else the same mode and date for all", async () => {
    await write({ ...NEEDED, "run.sh": "", "group.sh": "" });
    await chmod(join(folder, "run.sh"), 0o711);
    await chmod(join(folder, "group.sh"), 0o654);
    // Midnight of the first of January of 1980, the first year that an archive knows; written by Unix.
    const same = { system: 3, time: 0, date: 0x21, extra: 0, mode: 0o100644 };
    const plain = ["Dockerfile", "buildspec.yml", "group.sh"].map((path) => ({ path, ...same }));
    expect(entriesOf((await packed(folder)).zip)).toEqual([...plain, { ...same, path: "run.sh", mode: 0o100755 }]);
  });
});

describe("what .dockerignore leaves out", () => {
  it.each([
    ["holds from the root", "log\n/tmp\n./out/\n", "log tmp/a out/a a/log a/tmp/b", "a/log a/tmp/b"],
    ["* stays in its folder", "*.md\na/*.js\n", "x.md a/x.md a/b.js a/b/c.js", "a/b/c.js a/x.md"],
    ["** means any number of folders", "**/*.md\n**/k\na/**/z\n", "a/b/x.md k a/k ok a/z a/b/c/z z", "ok z"],
    ["a folder's ** means what is in it", "a/**\n", "a/b a/c/d ab", "ab"],
    ["a leading ** takes any beginning, case counts", "**box\n", "a/sandbox box boxes Box", "Box boxes"],
    ["? means one character", "a?c\n", "abc a/c ac aüc", "a/c ac"],
    ["a class means one of its characters", "[a-c^]1\n[^\\-x]2\n", "b1 ^1 d1 -2 x2 y2", "-2 d1 x2"],
    ["an escaped character means itself", "\\*a\n", "*a ba", "ba"],
    ["other characters mean themselves", "a.(b)+\n", "a.(b)+ ax(b)+", "ax(b)+"],
    ["an exception takes back in", "docs\n!docs/keep.md\n", "docs/a docs/keep.md docs/b/c", "docs/keep.md"],
    ["an exception with a wildcard does too", "a\n!a/*/k*\n", "a/b/k1 a/b/c a/k1", "a/b/k1"],
    ["the last match wins", "!a\na\nb\n!b\n", "a b", "b"],
    ["an exception may be taken back", "*\n!src\nsrc/*.test.js\n", "a src/b.js src/b.test.js", "src/b.js"],
    ["an exception of a folder that is in says nothing", "**/x\n!a\n", "a/x a/y", "a/y"],
    ["blanks around are no part of it", "  a  \n b\t\n*c\n! \tc\n", "a b c cc", "c"],
    ["a byte order mark is no part of it", "\uFEFFa\r\nb\r\n", "a b c", "c"],
    ["# makes a comment in the first column alone", "#a\n #b\n", "#a #b", "#a"],
    ["the root itself is not left out", ".\n/\n\n", "a", "a"],
  ])("%s", async (_, text, paths, expected) => {
    expect(await kept({ ".dockerignore": text }, paths)).toBe(expected);
  });

  it("is never a Dockerfile, a .dockerignore or the buildspec, wherever that is", async () => {
    await write({ ...NEEDED, "ci/a/build.yml": "", "ci/a/b": "", c: "", ".dockerignore": "*\n", ".gitignore": "*\n" });
    expect(await pathsIn(folder)).toEqual([".dockerignore", "Dockerfile", "buildspec.yml"]);
    expect(await pathsIn(folder, "./ci/a/build.yml")).toEqual([".dockerignore", "Dockerfile", "ci/a/build.yml"]);
  });

  it.each(["a[", "[]a]", "[b-]", "[z-a]", "a\\", "!"])("is refused where docker would: %s", async (line) => {
    await write({ ...NEEDED, ".dockerignore": `log\n${line}\n` });
    const message = `The line ${line} of .dockerignore is not a valid pattern. Correct it.`;
    expect(await refusal()).toBe(message);
  });
});

describe("what .gitignore leaves out", () => {
  it.each([
    ["holds for every folder below", { ".gitignore": "*.log\ndist/\n" }, "a.log b/a.log b/dist/y dist", "dist"],
    ["holds for its own folder with a slash", { ".gitignore": "/c\na/x\n" }, "c b/c a/x b/a/x", "b/a/x b/c"],
    ["can be taken back in by a later line", { ".gitignore": "*.log\n!b.log\n" }, "a.log c/b.log", "c/b.log"],
    ["stays out below a folder that is out", { ".gitignore": "out/\n!out/a\n" }, "out/a b", "b"],
    ["distinguishes cases, as a disk may not", { ".gitignore": "Dist\n" }, "dist", "dist"],
    [
      "has a mark before it, blanks behind it",
      { ".gitignore": "\uFEFFe\na/ \r\n \n/\n#b\n" },
      "e c/a/d #b c/f",
      "#b c/f",
    ],
    ["is not taken back in by .dockerignore", { ".gitignore": "a\n", ".dockerignore": "*\n!a\n!b\n" }, "a b", "b"],
    ["includes git's own folder", { ".dockerignore": "!.git\n" }, ".git/HEAD m/.git m/a .github/w", ".github/w m/a"],
  ])("%s", async (_, files: Texts, paths, expected) => {
    expect(await kept(files, paths)).toBe(expected);
  });

  it("is also read from nested files, each for its own folder, the deepest last", async () => {
    const files = { ".gitignore": "*.log\nbuild/\n", "[a]/.gitignore": "!x.log\n!build/\n/y\nt\n/\n" };
    const paths = "x.log y build/f [a]/x.log [a]/c/x.log [a]/c.log [a]/build/f [a]/y [a]/c/y [a]/c/t a/t";
    expect(await kept(files, paths)).toBe("[a]/build/f [a]/c/x.log [a]/c/y [a]/x.log a/t y");
  });

  it("is read from the folders above, up to the top of the checkout", async () => {
    const paths = ".env d/.env gen a.key b.key d/b c d/c d/.gitignore/e top";
    await write({ ".gitignore": "top\n", "mono/.git": "", "mono/.gitignore": ".env\n/services/*/gen\n*.key\n" }, base);
    await write({ "mono/services/.gitignore": "!a.key\nb\n" }, base);
    folder = join(base, "mono/services/one");
    expect(await kept({ ".gitignore": "/c\n" }, paths)).toBe("a.key d/.gitignore/e d/c top");
  });

  it("is nothing of a folder that the checkout leaves out as a whole", async () => {
    await write({ ".git/HEAD": "", ".gitignore": "service/\n.env\n" }, base);
    expect(await kept({ ".gitignore": "b\n" }, ".env a b")).toBe(".env a");
  });
});

describe("links", () => {
  it("are archived as the file or the folder that they point to, unless two lead into each other", async () => {
    await write({ ...NEEDED, "bin/run": "run", "lib/a": "A", "lib/b.log": "", ".gitignore": "*.log\nup/\n" });
    await symlink(base, join(folder, "up"));
    await chmod(join(folder, "bin/run"), 0o755);
    await symlink("bin/run", join(folder, "start"));
    await symlink("../lib", join(folder, "bin/lib"));
    const { zip } = await packed(folder);
    const files = { "bin/lib/a": "A", "bin/run": "run", "lib/a": "A", start: "run" };
    expect(Object.fromEntries(textsOf(zip))).toEqual({ ...NEEDED, ".gitignore": "*.log\nup/\n", ...files });
    expect(entriesOf(zip).flatMap(({ path, mode }) => (mode === 0o100755 ? path : []))).toEqual(["bin/run", "start"]);
    await symlink("../bin", join(folder, "lib/bin"));
    expect(await refusal()).toContain("Symbolic link bin/lib/bin in ");
  });

  it.each([
    ["up", "..", "which is outside the folder and would be missing in the build"],
    ["a/link", "../../service-2/secret", "which is outside the folder and would be missing in the build"],
    ["link", "gone", "which does not exist"],
    ["link", "link", "which does not exist"],
    ["a/link", ".", "a folder that contains the link itself (an endless loop)"],
    ["a/link", "../../service", "a folder that contains the link itself (an endless loop)"],
  ])("are refused: %s to %s, %s", async (link, target, why) => {
    await write({ ...NEEDED, "a/b": "", "../service-2/secret": "" });
    await symlink(target, join(folder, link));
    const remedy = "Replace it, or exclude it with .dockerignore.";
    expect(await refusal()).toBe(`Symbolic link ${link} in ${folder} points to ${target}, ${why}. ${remedy}`);
    await write({ ".dockerignore": `${link}\n` });
    expect((await packed(folder)).files).toHaveLength(4);
  });
});

describe("a folder that cannot be released", () => {
  const both = "A release needs both: CodeBuild runs buildspec.yml, which builds the image from the Dockerfile.";

  it("does not exist, is none, cannot be read or is empty, even where it is a checkout", async () => {
    await write({ ".git/HEAD": "" });
    const empty = "is empty. A release needs both a Dockerfile and buildspec.yml in it.";
    expect(await refusal()).toBe(`Folder ${folder} ${empty}`);
    await write({ Dockerfile: "" });
    const remedy = "Specify the folder that contains the service's Dockerfile.";
    const file = join(folder, "Dockerfile");
    expect(await refusal(file)).toBe(`${file} is not a folder. ${remedy}`);
    for (const gone of [join(base, "gone"), join(file, "a")])
      expect(await refusal(gone)).toBe(`Folder ${gone} does not exist. ${remedy}`);
    const long = join(base, "a".repeat(300));
    const message = `Folder ${long} cannot be read: ENAMETOOLONG: name too long, stat '${long}'.`;
    expect(await refusal(long)).toBe(message);
  });

  it("lacks the Dockerfile, the buildspec or both", async () => {
    await write({ "app.js": "" });
    expect(await refusal()).toBe(`Folder ${folder} has neither a Dockerfile nor buildspec.yml. ${both}`);
    await write({ Dockerfile: "", "../build.yml": "" });
    expect(await refusal()).toBe(`Folder ${folder} has no buildspec.yml. ${both}`);
    const other = both.replace("buildspec.yml", "../build.yml");
    expect(await refusal(folder, "../build.yml")).toBe(`Folder ${folder} has no ../build.yml. ${other}`);
    await rm(join(folder, "Dockerfile"));
    await write({ "buildspec.yml": "", "Dockerfile/a": "" });
    expect(await refusal()).toBe(`Folder ${folder} has no Dockerfile. ${both}`);
  });

  it("is larger than 2 GB, counting what is not left out", async () => {
    await write({ ...NEEDED, "data/model.bin": "", "data/small.bin": "" });
    await truncate(join(folder, "data/model.bin"), 1_999_000_000);
    await truncate(join(folder, "data/small.bin"), 1_000_001);
    const most =
      "contains 2001 MB; the maximum for a release is 2000 MB. The largest file is data/model.bin (1999 MB).";
    const remedy = "Exclude what the image does not need with .dockerignore.";
    expect(await refusal()).toBe(`Folder ${folder} ${most} ${remedy}`);
    await write({ ".dockerignore": "data/model.bin\n" });
    expect((await packed(folder)).files).toHaveLength(4);
  });
});

it("reports the commit, dirty if the folder has changes, whatever the Git environment of a hook says", async () => {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
  const git = (...args: readonly string[]) => execFileSync("git", [...identity, ...args], { cwd: base }).toString();
  const commit = async () => (await packed(folder)).commit;
  const variables = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];
  for (const name of variables) vi.stubEnv(name, undefined);
  await write({ ...NEEDED, ".gitignore": "*.log\n" });
  git("init", "-q");
  git("add", ".");
  expect(await commit()).toBeUndefined();
  git("commit", "-q", "-m", "First");
  const head = git("rev-parse", "HEAD").trim();
  for (const name of variables) vi.stubEnv(name, "/elsewhere");
  await write({ "../elsewhere": "", "a.log": "" });
  expect(await commit()).toBe(head);
  await write({ "new.js": "" });
  expect(await commit()).toBe(`${head}-dirty`);
  await rm(join(folder, "new.js"));
  await write({ Dockerfile: "FROM other\n" });
  expect(await commit()).toBe(`${head}-dirty`);
  vi.stubEnv("PATH", join(base, "nothing"));
  expect(await commit()).toBeUndefined();
});

it.each([
  ["service", "src/ package-lock.json package.json tsconfig.json"],
  ["examples/flask", "templates/ app.py checks.py data.py gunicorn.conf.py operations.py requirements.txt"],
])("packs what the build of %s needs, and nothing else", async (name, files) => {
  const paths = await pathsIn(fileURLToPath(new URL(`../../../${name}`, import.meta.url)));
  const top = new Set(paths.map((path) => path.replace(/\/.*/, "/")));
  expect(top).toEqual(new Set([".dockerignore", "Dockerfile", "buildspec.yml", ...files.split(" ")]));
});
