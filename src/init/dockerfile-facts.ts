/** What the last stage of a Dockerfile says of the container that it becomes. */
export interface DockerfileFacts {
  /** The user of USER, that of earlier stages included; undefined for root, and where it is a variable. */
  readonly user: string | undefined;
  /** A variable decides. */
  readonly userIsVariable: boolean;
  /** The ports of EXPOSE. */
  readonly ports: readonly number[];
  /** `PORT` of ENV. */
  readonly portVariable: number | undefined;
  /** The path of the URL that HEALTHCHECK requests. */
  readonly healthPath: string | undefined;
  readonly hasHealthCheck: boolean;
  /** CMD or ENTRYPOINT is a shell command, and the shell is process 1. */
  readonly startsShell: boolean;
  /** Base images that Docker Hub serves. */
  readonly fromDockerHub: readonly string[];
  /** Everything in the folder is copied. */
  readonly copiesAll: boolean;
  /** CMD or ENTRYPOINT uses $PORT. */
  readonly usesPort: boolean;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string | undefined;
  readonly base: string;
  readonly own: Instruction[];
}

/** Reads a Dockerfile as far as `init` has to know it. */
export function factsOf(text: string): DockerfileFacts {
  const stages = stagesOf(instructionsOf(text));
  const last = stages.at(-1);
  const chain = last ? withParents(last, stages) : [];
  const own = chain.flatMap((stage) => stage.own);
  const all = (name: string) => own.filter((one) => one.name === name).map(({ rest }) => rest);
  const user = all("USER").at(-1);
  const started = [...all("ENTRYPOINT").slice(-1), ...all("CMD").slice(-1)];
  const check = all("HEALTHCHECK").at(-1);
  const hasHealthCheck = check !== undefined && !/^NONE\b/i.test(check);
  const variable = all("ENV").flatMap((rest) => /(?:^|\s)PORT[= ]"?(\d+)/.exec(rest)?.[1] ?? []);
  const isRoot = user === undefined || /^(?:root|0)(?::|$)/.test(user);
  const userIsVariable = user?.includes("$") === true;
  return {
    user: isRoot || userIsVariable ? undefined : user,
    userIsVariable,
    ports: all("EXPOSE").flatMap((rest) =>
      [...rest.matchAll(/(?:^|\s)(\d+)(?:\/tcp)?(?=\s|$)/gi)].map(([, port]) => Number(port)),
    ),
    portVariable: variable.length === 0 ? undefined : Number(variable.at(-1)),
    healthPath: hasHealthCheck ? /https?:\/\/[^/\s"'`]+(\/[\w\-.~/]*)/.exec(check)?.[1] : undefined,
    hasHealthCheck,
    // `exec` replaces the shell.
    startsShell: started.some((rest) => !rest.startsWith("[") && !/^exec\s/.test(rest)),
    fromDockerHub: [...new Set(stages.map(({ base }) => base).filter((base) => isOnDockerHub(base, stages)))],
    copiesAll: stages.some((stage) =>
      stage.own.some(
        ({ name, rest }) => (name === "COPY" || name === "ADD") && /^(?:--(?!from)\S+\s+)*\.\/?\s/.test(rest),
      ),
    ),
    usesPort: started.some((rest) => /\$\{?PORT\b/.test(rest)),
  };
}

/** The instructions, each on one line, without comments. */
function instructionsOf(text: string): Instruction[] {
  const joined = text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replaceAll(/\\[ \t]*\n\s*/g, " ");
  return joined.split("\n").flatMap((line) => {
    const [, name, rest] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name: name.toUpperCase(), rest: rest.trim() }];
  });
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: Stage[] = [];
  for (const one of instructions) {
    const [, base, name] = one.name === "FROM" ? (/^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(one.rest) ?? []) : [];
    if (base !== undefined) stages.push({ base, name: name?.toLowerCase(), own: [] });
    else stages.at(-1)?.own.push(one);
  }
  return stages;
}

/** A stage after those that it starts from. */
function withParents(stage: Stage, stages: readonly Stage[]): Stage[] {
  const before = stages.slice(0, stages.indexOf(stage));
  const parent = before.findLast(({ name }) => name !== undefined && name === stage.base.toLowerCase());
  return parent ? [...withParents(parent, before), stage] : [stage];
}

/** Whether Docker Hub serves it: the first part of its name is no host (distribution/reference, `splitDockerDomain`). */
function isOnDockerHub(base: string, stages: readonly Stage[]): boolean {
  if (base === "scratch" || base.includes("$") || stages.some(({ name }) => name === base.toLowerCase())) return false;
  const [first = "", ...rest] = base.split("/");
  return rest.length === 0 || first === "docker.io" || !(/[.:]/.test(first) || first === "localhost");
}
