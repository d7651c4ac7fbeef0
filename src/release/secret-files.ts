// Files that should not get into an image, nor into the archives of all releases. Their names alone say little: a certificate and its key are both
// called .pem, and many an .npmrc has no token. So most are looked into as well.
import { open } from "node:fs/promises";
import { basename, posix } from "node:path";
import { quoted } from "../aws/command-line.ts";
import { type DockerRules, SourceError } from "./ignore.ts";

interface SecretFile {
  /** In words. */
  readonly what: string;
  /** By the last part of the path, in small letters. */
  readonly named: RegExp;
  /** What its content must have too; if omitted, the name is enough. */
  readonly has?: RegExp;
}

/** The forms in which tools keep credentials. */
const SECRETS: readonly SecretFile[] = [
  // Next.js, Vite, dotenv and Docker Compose: `.env` and `.env.<mode>` with values, `.env.example` and the like without.
  {
    what: "environment variables",
    named: /^\.env(\.(?!.*(example|sample|template|dist|defaults?|schema)$).+)?$/,
    has: /\S/,
  },
  // RFC 7468 and PROTOCOL.key of OpenSSH: all of their private keys begin so.
  {
    what: "a private key",
    named: /\.(pem|key)$|^id_(rsa|dsa|ecdsa|ed25519)/,
    has: /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  },
  { what: "a key store", named: /\.(p12|pfx|jks|keystore)$/ },
  // "Configuration and credential file settings" (AWS CLI User Guide).
  { what: "AWS credentials", named: /^credentials$/, has: /aws_secret_access_key/i },
  { what: "a Google service account's key", named: /\.json$/, has: /"private_key"\s*:\s*"-----BEGIN/ },
  // "npmrc" (npm docs): a token that is not read from a variable.
  { what: "an npm token", named: /^\.npmrc$/, has: /_(authToken|password|auth)\s*=\s*"?[^\s"$]/ },
  { what: "passwords", named: /^\.(netrc|pgpass|my\.cnf|pypirc|git-credentials)$/ },
  { what: "a Terraform state", named: /\.tfstate(\.backup)?$/ },
];

/** How much of a file is looked into, and the largest JSON file that is: a service account's key has 2 to 3 kB. */
const LOOKED_INTO = 16 * 1024;
/** How many are named. */
const NAMED = 10;

/**
 * Refuses a source with files that look like secrets: whether they belong into the image is for the user to say, once, in `.dockerignore`. A file
 * that an exception there names is wanted.
 */
export async function checkSecrets(
  directory: string,
  files: readonly { readonly path: string; readonly place: string; readonly stats: { readonly size: number } }[],
  docker: Pick<DockerRules, "wants">,
): Promise<void> {
  const found: { path: string; what: string }[] = [];
  for (const { path, place, stats } of files) {
    const name = basename(path).toLowerCase();
    const alike = SECRETS.filter(
      ({ named }) => named.test(name) && (!name.endsWith(".json") || stats.size <= LOOKED_INTO),
    );
    if (alike.length === 0 || docker.wants(path)) continue;
    const text = alike.some(({ has }) => has) ? await beginningOf(place) : "";
    const secret = alike.find(({ has }) => has?.test(text) ?? true);
    if (secret) found.push({ path, what: secret.what });
  }
  if (found.length === 0) return;
  const shown = found.slice(0, NAMED).map(({ path, what }) => `  ${path}: ${what}`);
  const more = found.length > NAMED ? [`  and ${found.length - NAMED} more`] : [];
  const first = found[0]?.path ?? "";
  const file = posix.join(directory, ".dockerignore");
  throw new SourceError(
    [
      `Folder ${directory} contains files that look like secrets. Nothing was uploaded.`,
      ...shown,
      ...more,
      `To leave one out of the release: ${added(patternOf(first), file)}`,
      `To upload it, because the image needs it: ${added(`!${patternOf(first)}`, file)}`,
    ].join("\n"),
  );
}

async function beginningOf(place: string): Promise<string> {
  const file = await open(place);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_INTO), 0, LOOKED_INTO, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A line of `.dockerignore` that means this path alone. */
const patternOf = (path: string) => path.replace(/[\\*?[\]]/g, "\\$&");

/** A command that adds a line to a file whose last one may not be ended. */
const added = (line: string, file: string) => `printf '\\n%s\\n' ${quoted(line)} >> ${quoted(file)}`;
