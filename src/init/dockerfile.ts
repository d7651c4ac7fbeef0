import type { App } from "./detect.ts";
import type { GoApp } from "./go.ts";
import { installsAll, type NodeApp } from "./node.ts";
import type { PythonApp } from "./python.ts";

/** Base images come from the mirror of the Docker Official Images: builds share IP addresses, and Docker Hub rate-limits those (`toomanyrequests`). */
const MIRROR = "public.ecr.aws/docker/library";

const USER = [
  "# The files belong to root and the application writes to /tmp only, so it runs with a read-only root file system.",
  "USER 1000:1000",
];

const command = (words: readonly string[]) => `CMD [${words.map((word) => JSON.stringify(word)).join(", ")}]`;

/** A Dockerfile for an application, or the reason why there is none. */
export function dockerfileFor(app: App, port: number): { readonly text: string } | { readonly why: string } {
  const lines =
    app.language === "node" ? node(app, port) : app.language === "python" ? python(app, port) : go(app, port);
  return typeof lines === "string" ? { why: lines } : { text: `${lines.join("\n")}\n` };
}

const INSTALL = {
  npm: (app: NodeApp) =>
    `${app.locks.some((path) => path.endsWith(".json")) ? "npm ci" : "npm install"}${installsAll(app) ? "" : " --omit=dev"}`,
  pnpm: () => "corepack enable && pnpm install --frozen-lockfile",
  yarn: () => "corepack enable && yarn install --frozen-lockfile",
  "yarn-berry": () => "corepack enable && yarn install --immutable",
};

/** What removes packages that only the build needs. Yarn 2 and later has no command for it without a plugin. */
const PRUNE = {
  npm: "npm prune --omit=dev",
  pnpm: "CI=true pnpm prune --prod --ignore-scripts",
  yarn: "yarn install --frozen-lockfile --production --ignore-scripts --prefer-offline",
  "yarn-berry": undefined,
};

const RUN = { npm: "npm run build", pnpm: "pnpm run build", yarn: "yarn run build", "yarn-berry": "yarn run build" };

function node(app: NodeApp, port: number): string[] | string {
  const { manager, start } = app;
  if (manager === "bun") return "it is installed with Bun, which Node.js images do not have";
  if (manager === "yarn-pnp")
    return "it is installed with Yarn's Plug'n'Play, without node_modules (set nodeLinker: node-modules in .yarnrc.yml)";
  if (start === undefined) return "package.json has no start script, and there is no server.js or index.js";
  const image = `${MIRROR}/node:${app.version}-slim`;
  const install = `RUN ${INSTALL[manager](app)}`;
  const manifests = ["package.json", ...app.locks.filter((path) => path !== ".yarn")].join(" ");
  const first = app.installsWithFiles
    ? ["COPY . .", install]
    : [`COPY ${manifests} ./`, ...(app.locks.includes(".yarn") ? ["COPY .yarn ./.yarn"] : []), install, "COPY . ."];
  const prune = installsAll(app) ? PRUNE[manager] : undefined;
  return [
    `FROM ${image} AS build`,
    "WORKDIR /app",
    ...first,
    ...(app.builds ? [`RUN ${RUN[manager]}`] : []),
    ...(prune === undefined ? [] : [`RUN ${prune}`]),
    "",
    `FROM ${image}`,
    "WORKDIR /app",
    // npm writes logs and a cache below the home folder, which is read-only.
    `ENV NODE_ENV=production HOST=0.0.0.0 PORT=${port}${start[0] === "npm" ? " NPM_CONFIG_CACHE=/tmp/.npm NPM_CONFIG_UPDATE_NOTIFIER=false" : ""}`,
    "COPY --from=build /app ./",
    ...USER,
    `EXPOSE ${port}`,
    command(start),
  ];
}

const PYTHON_INSTALL = {
  requirements: ["COPY requirements.txt ./", "RUN pip install --no-cache-dir --requirement requirements.txt"],
  uv: [
    "COPY pyproject.toml uv.lock ./",
    "RUN pip install --no-cache-dir uv \\",
    "  && uv export --frozen --no-dev --no-emit-project --output-file /tmp/requirements.txt \\",
    "  && pip install --no-cache-dir --requirement /tmp/requirements.txt",
  ],
  poetry: [
    "COPY pyproject.toml poetry.lock ./",
    "RUN pip install --no-cache-dir poetry \\",
    "  && poetry config virtualenvs.create false \\",
    "  && poetry install --only main --no-root --no-interaction",
  ],
  pipenv: ["COPY Pipfile Pipfile.lock ./", "RUN pip install --no-cache-dir pipenv && pipenv install --system --deploy"],
  project: [],
  none: [],
};

function python(app: PythonApp, port: number): string[] | string {
  if (app.start === undefined)
    return "there is no Procfile, manage.py, app.py or main.py, and no Flask or FastAPI application";
  return [
    `FROM ${MIRROR}/python:${app.version}-slim`,
    "WORKDIR /app",
    ...PYTHON_INSTALL[app.installs],
    ...(app.adds === undefined ? [] : [`RUN pip install --no-cache-dir ${app.adds}`]),
    "COPY . .",
    ...(app.installs === "project" ? ["RUN pip install --no-cache-dir ."] : []),
    `ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=${port}`,
    ...USER,
    `EXPOSE ${port}`,
    command(app.start),
  ];
}

function go(app: GoApp, port: number): string[] | string {
  const [main] = app.mains;
  if (main === undefined) return "no package has a main function";
  return [
    `FROM ${MIRROR}/golang:${app.version}-alpine AS build`,
    "WORKDIR /src",
    "COPY go.* ./",
    "RUN go mod download",
    "COPY . .",
    // Without cgo, the program needs no library of the image that it runs in.
    `RUN CGO_ENABLED=0 go build -trimpath -o /out/app ${main}`,
    "",
    `FROM ${MIRROR}/alpine:3.22`,
    `ENV HOST=0.0.0.0 PORT=${port}`,
    "COPY --from=build /out/app /app",
    ...USER,
    `EXPOSE ${port}`,
    command(["/app"]),
  ];
}

/** What no image needs, and what must not get into one. */
export const DOCKERIGNORE = `.git
.github
.fairlead
.env
.env.*
*.log
node_modules
__pycache__
.venv
stack.config.*
`;
