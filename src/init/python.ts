import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { sight, textAt, type SourceText } from "./sources.ts";

/** A Python application. */
export interface PythonApp {
  readonly language: "python";
  readonly name: string | undefined;
  readonly version: string;
  /** How its dependencies are installed. */
  readonly installs: "requirements" | "uv" | "poetry" | "pipenv" | "project" | "none";
  /** A server that it needs and does not depend on. */
  readonly adds: string | undefined;
  /** The words of CMD; undefined if nothing says how it starts. */
  readonly start: readonly string[] | undefined;
  readonly readsPort: boolean;
}

const MAINS = ["app.py", "main.py", "server.py", "src/main.py", "src/app.py"];

/** The application of a folder with Python's project files, or with a file that Python applications start from. */
export function pythonApp(directory: string, files: readonly SourceText[]): PythonApp | undefined {
  const has = (path: string) => existsSync(join(directory, path));
  const installs = has("uv.lock")
    ? "uv"
    : has("poetry.lock")
      ? "poetry"
      : has("Pipfile.lock")
        ? "pipenv"
        : has("requirements.txt")
          ? "requirements"
          : has("pyproject.toml")
            ? "project"
            : "none";
  if (installs === "none" && !has("manage.py") && !MAINS.some(has)) return undefined;
  const project = textAt(directory, "pyproject.toml") ?? "";
  const named = [textAt(directory, "requirements.txt"), project, textAt(directory, "Pipfile")].join("\n").toLowerCase();
  const { start, needs } = startOf(
    directory,
    files.filter(({ path }) => path.endsWith(".py")),
  );
  return {
    language: "python",
    name: /^name\s*=\s*["']([^"'\n]+)["']/m.exec(project)?.[1],
    version: versionOf(directory, project),
    installs,
    adds: needs !== undefined && !named.includes(needs) ? needs : undefined,
    start,
    readsPort: needs !== undefined || start?.some((word) => word.includes("PORT")) === true,
  };
}

interface Start {
  readonly start: readonly string[] | undefined;
  readonly needs?: string;
}

function startOf(directory: string, files: readonly SourceText[]): Start {
  const procfile = /^web:\s*(.+)$/m.exec(textAt(directory, "Procfile") ?? "")?.[1];
  if (procfile !== undefined) return { start: ["sh", "-c", `exec ${procfile.trim()}`] };
  const wsgi = files.find(({ path, text }) => path.endsWith("/wsgi.py") && text.includes("get_wsgi_application"));
  // Without --bind, gunicorn listens on 0.0.0.0:$PORT (gunicorn documentation, "Settings", bind).
  if (wsgi) return { start: ["gunicorn", `${moduleOf(dirname(wsgi.path))}.wsgi`], needs: "gunicorn" };
  const flask = variable(files, "Flask");
  if (flask !== undefined) return { start: ["gunicorn", flask], needs: "gunicorn" };
  const fast = variable(files, "FastAPI") ?? variable(files, "Starlette");
  if (fast !== undefined)
    return { start: ["sh", "-c", `exec uvicorn ${fast} --host 0.0.0.0 --port "$PORT"`], needs: "uvicorn" };
  const file = MAINS.find((path) => existsSync(join(directory, path)));
  return { start: file === undefined ? undefined : ["python", file] };
}

/** `app:app`: the module and variable of an application object. */
function variable(files: readonly SourceText[], type: string): string | undefined {
  const seen = sight(files, new RegExp(`^(\\w+)\\s*(?::\\s*\\w+\\s*)?=\\s*${type}\\(`, "m"));
  if (seen === undefined) return undefined;
  return `${moduleOf(seen.where.replace(/\.py:\d+$/, ""))}:${seen.value}`;
}

const moduleOf = (path: string) => path.replace(/\/__init__$/, "").replaceAll("/", ".");

function versionOf(directory: string, project: string): string {
  const said =
    textAt(directory, ".python-version") ??
    textAt(directory, "runtime.txt") ??
    /requires-python\s*=\s*["']([^"']+)["']/.exec(project)?.[1] ??
    /^python\s*=\s*["']([^"']+)["']/m.exec(project)?.[1];
  const minor = Number(/3\.(\d+)/.exec(said ?? "")?.[1] ?? 12);
  // Older ones have no support (Python Developer's Guide, "Status of Python versions"); a lower bound allows the usual one.
  return `3.${/[>^~]/.test(said ?? "") ? Math.max(12, minor) : Math.max(10, minor)}`;
}
