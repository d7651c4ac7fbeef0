import { join } from "node:path";
import { BUILDSPEC } from "./buildspec.ts";
import { configText, type Comments, type ConfigObject } from "./config-text.ts";
import { detect, nameOf, type Found } from "./detect.ts";
import { DOCKERIGNORE, dockerfileFor } from "./dockerfile.ts";
import { findingsOf, userFor } from "./findings.ts";
import type { Language } from "./languages.ts";
import { sampleFor } from "./sample.ts";

/** What the user decided, or what was guessed. */
export interface Answers {
  readonly name: string;
  /** Undefined: that of the SDK's configuration, whenever a command runs. */
  readonly region: string | undefined;
  readonly port: number;
  readonly language: Language;
  /** State in S3, which several machines share. */
  readonly sharesState: boolean;
  /** An environment that the config has to have, besides the usual one. */
  readonly environment: string | undefined;
}

/** The files of a new stack, in the order in which they are written: the config last, so that a run that dies is repeated. */
export interface Project {
  readonly files: readonly (readonly [path: string, text: string])[];
  readonly ignored: readonly string[];
  readonly config: ConfigObject;
  readonly configText: string;
  readonly findings: readonly string[];
  /** A Dockerfile is missing and could not be written. */
  readonly lacksDockerfile: boolean;
}

const LANGUAGE_PORTS = { node: 3000, python: 8000, go: 8080 };

/** The port of what is in a folder. */
export const portOf = ({ port, app }: Found): number => port?.value ?? (app ? LANGUAGE_PORTS[app.language] : 8080);

const IGNORED = { node: ["node_modules/"], python: ["__pycache__/", ".venv/"], go: [] };

/** Decides on the files of a stack for what is in a folder. Writes nothing. */
export function projectFor(directory: string, found: Found, answers: Answers, head: readonly string[]): Project {
  const { parts } = found;
  if (parts.length > 0) return partsProject(directory, parts, answers, head);
  const sample = found.isEmpty ? sampleFor(answers.language, directory) : undefined;
  const app = sample?.app ?? found.app;
  const { port } = answers;
  const healthCheckPath = sample ? "/health" : (found.health?.value ?? "/");
  const made = found.dockerfile
    ? undefined
    : app
      ? dockerfileFor(app, port)
      : { why: "no package.json, requirements.txt, pyproject.toml or go.mod is there" };
  const written = made && "text" in made ? made.text : undefined;
  const user = userFor(found, port);
  const config = {
    name: answers.name,
    region: answers.region,
    container: { port, healthCheckPath, user },
    ...(answers.sharesState && { state: { s3: {} } }),
    ...(answers.environment !== undefined && { environments: { [answers.environment]: {} } }),
  };
  return {
    files: [
      ...Object.entries(sample?.files ?? {}),
      ...(written === undefined
        ? []
        : ([
            ["Dockerfile", written],
            [".dockerignore", DOCKERIGNORE],
          ] as const)),
      ["buildspec.yml", BUILDSPEC],
    ],
    ignored: [".fairlead/", ...(app ? IGNORED[app.language] : []), ".env"],
    config,
    configText: configText(config, commentsFor(found, answers, sample !== undefined), head),
    findings: [
      ...(made && "why" in made
        ? [`No Dockerfile was written: ${made.why}. Write one that listens on port ${port}, then run the next command.`]
        : []),
      ...findingsOf(directory, "Dockerfile", found, { port, healthCheckPath }),
      ...(sample || found.health
        ? []
        : [
            "No health route was found, so the load balancer requests /, which has to answer 200. To change it: container.healthCheckPath.",
          ]),
      ...(written !== undefined && app?.language === "node" && app.outside.length > 0
        ? [
            `The build cannot install ${app.outside.join(", ")}, which package.json takes from a path outside of this folder. Take it from a registry, or if the application does not need it, move it: npm install --save-dev.`,
          ]
        : []),
      ...(app?.language === "go" && app.mains.length > 1
        ? [`The Dockerfile builds ${app.mains[0]}; also there: ${app.mains.slice(1).join(", ")}.`]
        : []),
      ...(written !== undefined && !sample && !found.readsPort && found.port === undefined
        ? [
            `No source says which port the application listens on. It gets ${port} as PORT, and has to listen there on 0.0.0.0.`,
          ]
        : []),
    ],
    lacksDockerfile: made !== undefined && "why" in made,
  };
}

function commentsFor(
  { port, health, dockerfile }: Found,
  { name, region, sharesState }: Answers,
  isSample: boolean,
): Comments {
  return {
    name: `Together with the environment this is the prefix of every resource name: ${name}-dev.`,
    ...(region === undefined ? {} : { region: "The target `aws` works in this region." }),
    "container.port": `The application listens here, and gets the number as PORT.${port && !isSample ? ` From ${port.where}.` : ""}`,
    "container.healthCheckPath": `The load balancer requests this path, which has to answer 200.${health && !isSample ? ` From ${health.where}.` : ""}`,
    "container.user": `The user of ${dockerfile?.user === undefined ? "a port below 1024" : "the Dockerfile"}.`,
    ...(sharesState && {
      state: "Every machine and CI job works on one state, in a bucket that `fairlead state init` creates.",
    }),
  };
}

/** Several folders with a Dockerfile: a service for each. */
function partsProject(directory: string, parts: readonly string[], answers: Answers, head: readonly string[]): Project {
  const names = labelsOf(parts);
  const main = names.find((name) => /^(?:web|www|frontend|front|site|ui|app|client)$/.test(name)) ?? names[0];
  const findings: string[] = [];
  const services = parts.map((part, index) => {
    const found = detect(join(directory, part));
    const name = names[index] ?? part;
    const port = portOf(found);
    const healthCheckPath = found.health?.value ?? "/";
    findings.push(...findingsOf(join(directory, part), `${part}/Dockerfile`, found, { port, healthCheckPath }));
    const path = parts.length === 1 ? undefined : name === main ? "/*" : `/${name}/*`;
    const container = { port, healthCheckPath, user: userFor(found, port) };
    return [name, { path, build: { context: part }, container }] as const;
  });
  const config = {
    name: answers.name,
    region: answers.region,
    services: Object.fromEntries(services),
    ...(answers.sharesState && { state: { s3: {} } }),
    ...(answers.environment !== undefined && { environments: { [answers.environment]: {} } }),
  };
  const paths = services.length > 1 ? services.map(([name, { path }]) => `${path} to ${name}`).join(", ") : undefined;
  return {
    // A stack whose one service is built from the folder `service` brings its own buildspec there.
    files: parts.length === 1 && parts[0] === "service" ? [["service/buildspec.yml", BUILDSPEC]] : [],
    ignored: [".fairlead/", ".env"],
    config,
    configText: configText(
      config,
      {
        name: `Together with the environment this is the prefix of every resource name: ${answers.name}-dev.`,
        services: "One service for each folder with a Dockerfile. Fairlead generates the buildspec.",
      },
      head,
    ),
    findings: [
      ...new Set(findings),
      ...(paths === undefined
        ? []
        : [`Requests go by path: ${paths}. To change that: path or host of a service, or internal: true.`]),
    ],
    lacksDockerfile: false,
  };
}

/** Names of services for folders, each different: at most 20 characters that a host name may have. */
function labelsOf(parts: readonly string[]): string[] {
  const names: string[] = [];
  for (const part of parts) {
    const plain = parts.length === 1 ? "web" : nameOf(part.split("/").at(-1) ?? part);
    let name = plain;
    for (let next = 2; names.includes(name); next++) name = `${plain.slice(0, 17)}-${next}`;
    names.push(name);
  }
  return names;
}
