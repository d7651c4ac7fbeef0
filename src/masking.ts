// Where a value is shown or logged, what looks like a secret is hidden: plans, reports and logs end up in terminals, tickets and CI logs.
// It is a guess by name and by form, so it hides too much rather than too little; what a user must not leak belongs in a secret store.

/** What stands for a secret where people read. */
export const HIDDEN = "(secret)";

/** Names whose values are secrets, as whole words of `DB_PASSWORD`, `apiKey`, `spring.datasource.password`. */
const SECRET_NAME =
  /(^|_)(pass|passwd|passwords?|passphrase|pwd|secrets?|tokens?|credentials?|dsn|bearer|jwt|authorization|(api|access|private|signing|encryption|client|auth|account|shared|license)_?keys?|connection_?string|client_?secret|private_?key)(_|$)/;

/** Forms that only secrets have: AWS access keys, private keys, tokens of GitHub, GitLab, Slack, Stripe and JWTs. */
const SECRET_FORMS = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|sk-)[A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
];

/** The password in `scheme://user:password@host`. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@]+(@)/gi;
/** A token alone in the place of a user, as in Sentry's addresses and those of Git over HTTPS. */
const URL_TOKEN = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s:@/]{16,}(@)/gi;

/** `password=...` in a query, a connection string or a command line. */
const ASSIGNED = /((?:^|[\s?&;,"'{(])-{0,2})([A-Za-z][\w.-]*)(=)("[^"]*"|'[^']*'|[^\s&;,"']+)/g;
/** `Authorization: ...` in a header, `"password": "..."` in JSON. Sentences have colons too, so the names are few. */
const STATED =
  /(\b(?:authorization|password|passwd|api[_-]?key|client[_-]?secret)["']?\s*:\s*["']?)([^\s"'][^\n"']*)/gi;

/** Long enough, and as mixed, as what a generator of passwords makes. */
const RANDOM = /^[A-Za-z0-9+/_=-]{24,}$/;
const BITS_PER_CHARACTER = 3.8;
/** As long as a key in hexadecimal digits, which a commit and a checksum are too. */
const HEX = /^[0-9a-f]{32,}$/i;
const HEX_NAMES =
  /(^|_)(sha\d*|md5|commit|digest|hash|checksum|revision|version|build|etag|ref|reference|id|token)(_|$)/;

/** `value` as it may be shown: what looks like a secret is hidden, at any depth. `name` is what the value is called. */
export function masked(value: unknown, name = ""): unknown {
  if (typeof value === "string") return maskedText(value, name);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => masked(item, optionBefore(value as unknown[], index) ?? name));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  // `{ name, value }`, as ECS and CodeBuild keep variables, all services keep tags and CloudFront keeps headers.
  const own = entries.find(
    ([key, item]) => /^([nN]ame|[kK]ey|HeaderName)$/.test(key) && typeof item === "string",
  )?.[1] as string | undefined;
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      masked(item, own !== undefined && /^([vV]alue|HeaderValue)$/.test(key) ? own : key),
    ]),
  );
}

/** The option that an item of a command line is the value of, as in `["--password", "..."]`. */
function optionBefore(items: readonly unknown[], index: number): string | undefined {
  const before = items[index - 1];
  const item = items[index];
  if (typeof before !== "string" || typeof item !== "string" || item.startsWith("-")) return undefined;
  return /^--?([A-Za-z][\w-]*)$/.exec(before)?.[1];
}

/** The last name in a path such as `container.environment.DB_URL` or `tags.Team`. */
export const nameIn = (path: string): string =>
  path.split(/[.[\]]/).findLast((part) => part !== "" && !/^\d+$/.test(part)) ?? path;

/** A value as it may be shown. */
export function maskedText(text: string, name = ""): string {
  if (text === "" || isPublic(text)) return text;
  const words = wordsIn(name);
  if (isSecretName(words) || isRandom(text) || (HEX.test(text) && !HEX_NAMES.test(words))) return HIDDEN;
  return maskedProse(text);
}

/** A sentence as it may be shown, such as AWS's, which quotes what it refuses: only what is plainly a secret is hidden in it. */
export function maskedProse(text: string): string {
  const hidden = SECRET_FORMS.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text)
    .replaceAll(URL_PASSWORD, `$1${HIDDEN}$2`)
    .replaceAll(URL_TOKEN, `$1${HIDDEN}$2`)
    .replaceAll(STATED, `$1${HIDDEN}`);
  return hidden.replaceAll(ASSIGNED, (all, before: string, name: string, sign: string) =>
    isSecretName(wordsIn(name)) ? `${before}${name}${sign}${HIDDEN}` : all,
  );
}

const wordsIn = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[.\- ]/g, "_")
    .toLowerCase();

const isSecretName = (words: string) => SECRET_NAME.test(words) && !NOT_SECRET.test(words);

/** Names that sound like secrets and only refer to one, or to a page of a list. */
const NOT_SECRET =
  /_(arn|arns|id|ids|name|names|header|headers|length|path|file|ttl|expiry|seconds|days|type|url|uri|endpoint)$|^(client|next|pagination|page|continuation|client_request)_token$/;

/** What refers to something and is none itself: an ARN, a digest, an image, a plain URL without a password. */
const isPublic = (text: string) => /^(arn:|sha256:|true$|false$|\d+$)/.test(text) || /@sha256:[0-9a-f]{64}$/.test(text);

function isRandom(text: string): boolean {
  if (!RANDOM.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/\d/.test(text)) return false;
  const times = new Map<string, number>();
  for (const character of text) times.set(character, (times.get(character) ?? 0) + 1);
  const bits = [...times.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
  return bits >= BITS_PER_CHARACTER;
}
