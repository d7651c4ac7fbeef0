/** What a command in a container comes to: its exit code, after how many seconds, and what it prints. */
export interface ScriptedCommand {
  /** The command's words, with single blanks between them. */
  run: string;
  exit: number;
  seconds?: number;
  lines?: string[];
}

/** What a scan of an image comes to. */
export interface ScriptedScan {
  /** ECR's word for why there is no result, such as `UNSUPPORTED_IMAGE`. */
  status?: string;
  /** Findings by severity. */
  findings?: Record<string, number>;
}

/** What of an image decides how its tasks fare. */
export interface ImageContents {
  /** The processor that it was built for; left out where nobody can tell, or for several. */
  architecture?: "x86_64" | "arm64";
  /** Who its process runs as; root where nothing is said. */
  user?: string;
  /** The folders that it declares as volumes. */
  volumes: string[];
  /** The programs that it is known to have; left out where no one can tell. */
  programs?: string[];
  /** What it runs, as its Dockerfile says it. */
  command: string;
  /** The program of its ENTRYPOINT, which a command of a task definition or of RunTask does not replace. */
  entryPoint?: string;
  /** What its Dockerfile says about commands: their results in a simulated container. */
  commands?: ScriptedCommand[];
  /** What its Dockerfile says that a scan finds: counts by severity, or the status of a scan without a result. */
  scan?: ScriptedScan;
  /** It writes below `/tmp` when it starts. */
  writesTmp: boolean;
}

/** An image that no one here knows: it has whatever is asked of it. */
export const UNKNOWN: ImageContents = { volumes: [], command: "", writesTmp: false };

/** Whether a Dockerfile asks the simulator for something. */
export const simulates = (dockerfile: string, what: string) =>
  dockerfile.split(/\r?\n/).some((line) => line.trim() === `# simulate: ${what}`);

/** What is in the image of a Dockerfile's stage `target`, or of its last one, as far as its lines tell. */
export function contentsOf(dockerfile: string, target?: string): ImageContents {
  const lines = instructionsOf(dockerfile);
  const stages = stagesOf(lines);
  const last = target === undefined ? stages.at(-1) : stages.find(({ name }) => name === target);
  const own = last?.lines ?? [];
  const programs = last && programsOf(last, stages);
  const users = argumentsOf(own, "USER");
  const command = [...argumentsOf(own, "ENTRYPOINT").slice(-1), ...argumentsOf(own, "CMD").slice(-1)].join(" ");
  const user = users.at(-1);
  const [entryPoint] = argumentsOf(own, "ENTRYPOINT").slice(-1).flatMap(words);
  const commands = scriptedIn(dockerfile);
  const scan = scanIn(dockerfile);
  return {
    ...(user === undefined ? {} : { user }),
    ...(entryPoint === undefined ? {} : { entryPoint }),
    ...(commands.length === 0 ? {} : { commands }),
    ...(scan ? { scan } : {}),
    volumes: argumentsOf(own, "VOLUME").flatMap(words),
    ...(programs ? { programs } : {}),
    command,
    writesTmp: simulates(dockerfile, "writes-tmp") || writesTmp(command),
  };
}

/** The commands that a Dockerfile scripts: `# simulate: command {"run": "npm run migrate", "exit": 3}`. */
const scriptedIn = (dockerfile: string): ScriptedCommand[] =>
  scripts(dockerfile).flatMap((text) => scriptedCommand(text) ?? []);

const scripts = (dockerfile: string): string[] =>
  dockerfile.split(/\r?\n/).flatMap((line) => /^\s*# simulate: command (.*)$/.exec(line)?.[1] ?? []);

/** The first line of a Dockerfile that scripts a command and cannot be read. */
export const badScript = (dockerfile: string): string | undefined =>
  scripts(dockerfile).find((text) => scriptedCommand(text) === undefined);

/** `# simulate: scan HIGH=2 LOW=5`, or the status of a scan that has no result: `# simulate: scan UNSUPPORTED_IMAGE`. */
function scanIn(dockerfile: string): ScriptedScan | undefined {
  const [said] = dockerfile.split(/\r?\n/).flatMap((line) => /^\s*# simulate: scan (.+)$/.exec(line)?.[1] ?? []);
  if (said === undefined) return undefined;
  const counts = [...said.matchAll(/\b([A-Z]+)=(\d+)/g)];
  if (counts.length === 0) return { status: said.trim() };
  return { findings: Object.fromEntries(counts.map(([, severity = "", count]) => [severity, Number(count)])) };
}

function scriptedCommand(text: string): ScriptedCommand | undefined {
  try {
    const said = JSON.parse(text) as Partial<Record<keyof ScriptedCommand, unknown>>;
    const { run, exit, seconds = 5, lines = [] } = said;
    if (typeof run !== "string" || typeof exit !== "number" || typeof seconds !== "number") return undefined;
    return Array.isArray(lines) ? { run, exit, seconds, lines: lines.map(String) } : undefined;
  } catch {
    return undefined;
  }
}

/** gunicorn's workers keep a file in the temporary folder (its settings, `worker_tmp_dir`), and it ends where there is none. */
export const writesTmp = (command: string): boolean =>
  /\bgunicorn\b/.test(command) && !command.includes("worker-tmp-dir");

interface Stage {
  readonly name: string | undefined;
  readonly base: string;
  readonly lines: readonly string[];
}

const instructionsOf = (dockerfile: string): string[] =>
  dockerfile
    .split(/\r?\n/)
    .filter((line) => !line.trim().startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function stagesOf(lines: readonly string[]): Stage[] {
  const starts = lines.flatMap((line, index) => (/^FROM\s/i.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const [, base = "", name] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(lines[start] ?? "") ?? [];
    return { name, base, lines: lines.slice(start + 1, starts[index + 1]) };
  });
}

const argumentsOf = (lines: readonly string[], instruction: string): string[] =>
  lines.flatMap((line) => {
    const [word = "", rest = ""] = line.split(/\s+(.*)/s);
    return word.toUpperCase() === instruction ? [rest.trim()] : [];
  });

/** The words of an instruction in either of its forms, `["/a", "/b"]` and `/a /b`. */
const words = (text: string): string[] => text.split(/[\s,[\]"]+/).filter((word) => word !== "");

/** The programs of a stage; `undefined` where its base image is not known. */
function programsOf(stage: Stage, stages: readonly Stage[]): string[] | undefined {
  const below = stages.find(({ name }) => name !== undefined && name === stage.base);
  const given = below ? programsOf(below, stages) : programsOfBase(stage.base);
  if (!given) return undefined;
  const installed = argumentsOf(stage.lines, "RUN")
    .filter((command) => /\b(apt-get|apt|apk|yum|dnf|microdnf|zypper)\b/.test(command))
    .flatMap(words);
  const copied = argumentsOf(stage.lines, "COPY").flatMap((copy) => copy.split("/").at(-1) ?? []);
  return [...new Set([...given, ...installed, ...copied])];
}

/**
 * What the usual base images bring along. Sources: their Dockerfiles on Docker Hub (the full language images are made on buildpack-deps,
 * which has curl and wget; slim ones on a bare Debian, which has neither; Alpine has busybox's wget) and GoogleContainerTools/distroless
 * ("they do not contain package managers, shells or any other programs").
 */
function programsOfBase(image: string): string[] | undefined {
  const name = (image.split("/").at(-1) ?? "").toLowerCase();
  const [repository = "", tag = ""] = name.split(/[:@]/);
  const language = LANGUAGES[repository] ?? [];
  if (image === "scratch") return [];
  if (image.includes("distroless")) return Object.keys(LANGUAGES).filter((one) => repository.startsWith(one));
  if (/alpine|busybox/.test(name)) return ["sh", "wget", ...language];
  if (/slim/.test(tag)) return ["sh", "bash", ...language];
  if (/^(debian|ubuntu)$/.test(repository)) return ["sh", "bash"];
  if (language.length > 0 || repository === "buildpack-deps") return ["sh", "bash", "curl", "wget", ...language];
  return undefined;
}

const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  node: ["node", "npm", "npx"],
  nodejs: ["node"],
  python: ["python", "python3", "pip"],
  ruby: ["ruby", "bundle"],
  golang: ["go"],
  java: ["java"],
};

/** The programs that some base images bring along and others do not. */
export const programsOfImages: readonly string[] = ["bash", "curl", "wget", ...Object.values(LANGUAGES).flat()];
