import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isRegion, regions } from "../../config/regions.ts";
import { nearest } from "../../config/suggest.ts";
import { detect, nameOf, type Found } from "../../init/detect.ts";
import { create, extend, type Written } from "../../init/files.ts";
import { portOf, projectFor, type Answers } from "../../init/project.ts";
import { LANGUAGES, type Language } from "../../init/languages.ts";
import { quoted } from "../../aws/command-line.ts";
import { CONFIG_FILE, type CliContext } from "../context.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { configsIn } from "../find-config.ts";
import { checkConfig, configHead, tell, type InitFlags, type Report } from "../init-report.ts";
import { fromCopilot } from "../init-copilot.ts";
import { githubWorkflow } from "../init-github.ts";
import { paste } from "../paste.ts";
import { sdkRegion } from "../remote.ts";

/**
 * Writes the files of a new stack for what is in a folder, and overwrites none. Asks for what cannot be known, where somebody can be asked and
 * `--yes` was not given.
 */
export async function init(folder: string | undefined, flags: InitFlags, context: CliContext): Promise<Exit> {
  const directory = resolve(context.directory, folder ?? ".");
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new UsageError(
      `${folder} is no folder. Nothing was written. To start in a new one: mkdir -p ${quoted(folder ?? ".")} && ${paste({ target: "local" }, "init", quoted(folder ?? "."))}`,
    );
  if (flags.region !== undefined) checkRegion(flags.region);
  const report =
    flags.from === "copilot"
      ? fromCopilot(directory, flags, context)
      : configsIn(directory).length > 0
        ? await again(directory, flags, context)
        : await anew(directory, flags, context);
  tell(report, directory, flags, context);
  return EXIT.done;
}

async function anew(directory: string, flags: InitFlags, context: CliContext): Promise<Report> {
  const found = detect(directory);
  context.terminal.line(describe(found, directory));
  const answers = await ask(found, flags, context);
  const project = projectFor(directory, found, answers, configHead());
  checkConfig(project.config);
  const files = [
    ...project.files.map(([path, text]) => create(directory, path, text)),
    extend(directory, ".gitignore", project.ignored),
    create(directory, CONFIG_FILE, project.configText),
  ];
  const github = flags.github ? await githubWorkflow(directory, flags, context) : undefined;
  return {
    files: [...files, ...(github?.files ?? [])],
    findings: project.findings,
    json: {
      name: answers.name,
      region: answers.region ?? null,
      port: found.parts.length > 0 ? null : answers.port,
      language: found.isEmpty ? answers.language : (found.app?.language ?? null),
    },
    steps: github?.steps,
    next: paste({ target: "local" }, "plan"),
  };
}

/** What is left to do for a folder with a config: the workflow, and the line that keeps the state out of git. */
async function again(directory: string, flags: InitFlags, context: CliContext): Promise<Report> {
  const [config = CONFIG_FILE] = configsIn(directory);
  const files: Written[] = [
    { path: config, action: "kept", note: "it declares the stack already" },
    extend(directory, ".gitignore", [".fairlead/"]),
  ];
  const github = flags.github ? await githubWorkflow(directory, flags, context) : undefined;
  return {
    files: [...files, ...(github?.files ?? [])],
    findings: [],
    json: {},
    steps: github?.steps,
    next: paste({ target: "local" }, "plan"),
  };
}

/** Name, region and port: from flags, from the person, or guessed. */
async function ask(found: Found, flags: InitFlags, { terminal }: CliContext): Promise<Answers> {
  const asks = terminal.asks && !flags.yes;
  const region = flags.region ?? process.env["AWS_REGION"] ?? (await sdkRegion().catch(() => undefined));
  const known = region !== undefined && isRegion(region) ? region : undefined;
  const guess: Answers = {
    name: flags.name ?? found.name,
    region: flags.region ?? known,
    port: flags.port ?? portOf(found),
    language: flags.language ?? "node",
    sharesState: flags.github === true,
    environment: flags.env,
  };
  if (!asks) return guess;
  const text = async (question: string, initial: string, wrong: (answer: string) => string | undefined) => {
    const answer = await terminal.ask(question, initial, wrong);
    if (answer === undefined) throw new UsageError("No answer was given. Nothing was written.");
    return answer;
  };
  const name =
    flags.name ??
    (await text("Name of the stack", guess.name, (answer) =>
      nameOf(answer) === answer
        ? undefined
        : `Lower-case letters, digits and single hyphens, at most 18: ${nameOf(answer)}`,
    ));
  const given =
    flags.region ??
    (await text("AWS region", known ?? "us-east-1", (answer) =>
      isRegion(answer) ? undefined : `No region that Fairlead supports. ${suggestion(answer)}`,
    ));
  if (found.parts.length > 0) return { ...guess, name, region: given };
  const port =
    flags.port ??
    Number(
      await text("Port that the application listens on", String(guess.port), (answer) =>
        /^\d{1,5}$/.test(answer) && Number(answer) >= 1 && Number(answer) <= 65_535
          ? undefined
          : "A number from 1 to 65535.",
      ),
    );
  const language =
    flags.language ??
    (found.isEmpty
      ? await terminal.choose(
          "Nothing is here yet. Language of a small application to start with",
          LANGUAGES.map((value) => ({ value, label: { node: "Node.js", python: "Python", go: "Go" }[value] })),
          new AbortController().signal,
        )
      : guess.language);
  if (language === undefined) throw new UsageError("No answer was given. Nothing was written.");
  return { ...guess, name, region: given, port, language: language as Language };
}

function checkRegion(region: string): void {
  if (!isRegion(region))
    throw new UsageError(
      `--region ${region} is not a region that Fairlead supports. ${suggestion(region)} Nothing was written.`,
    );
}

function suggestion(region: string): string {
  const meant = nearest(region, regions);
  return meant === undefined ? `Allowed: ${regions.join(", ")}.` : `Did you mean ${meant}?`;
}

function describe({ app, dockerfile, port, health, isEmpty, parts }: Found, directory: string): string {
  if (isEmpty) return `${directory} has no application yet.`;
  if (parts.length > 0) return `Found a Dockerfile in ${parts.join(", ")}.`;
  const languages = { node: "a Node.js application", python: "a Python application", go: "a Go application" };
  const what = [
    ...(app ? [languages[app.language]] : []),
    ...(dockerfile ? ["a Dockerfile"] : []),
    ...(port ? [`port ${port.value} (${port.where})`] : []),
    ...(health ? [`the health route ${health.value} (${health.where})`] : []),
  ];
  return what.length === 0
    ? `${directory} has no Dockerfile, and nothing that one could be written for.`
    : `Found ${what.join(", ")}.`;
}
