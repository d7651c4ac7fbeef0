// Where a value is shown or logged, what looks like a secret is hidden: plans, reports and logs end up in terminals, tickets and CI logs.
// It is a guess by name and by form, so it hides too much rather than too little; what a user must not leak belongs in a secret store.

/** What stands for a secret where people read. */
export const HIDDEN = "(secret)";

/** Names whose values are secrets, as whole words of `DB_PASSWORD`, `apiKey`, `spring.datasource.password`. */
const SECRET_NAME =
  /(^|_)(pass|passwd|passwords?|passphrase|pwd|secrets?|tokens?|credentials?|dsn|bearer|jwt|authorization|(api|access|private|signing|encryption|client|auth|account|shared|license)_?keys?|connection_?string|client_?secret|private_?key)(_|$)/;

/** Forms that only secrets have: AWS access keys, private keys, tokens of GitHub, GitLab, Slack, Stripe and JWTs. */
const SECRET_FORMS = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|sk-)[A-Za-z0-9_-]{16,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/,
];

/** The password in `scheme://user:password@host`. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@]+(@)/gi;

/** Long enough, and as mixed, as what a generator of passwords makes. */
const RANDOM = /^[A-Za-z0-9+/_=-]{24,}$/;
const BITS_PER_CHARACTER = 3.8;

/** `value` as it may be shown: what looks like a secret is hidden, at any depth. `name` is what the value is called. */
export function masked(value: unknown, name = ""): unknown {
  if (typeof value === "string") return maskedText(value, name);
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  // `{ name, value }`, as ECS and CodeBuild keep variables and CloudFront keeps headers.
  const own = entries.find(([key, item]) => /^(name|HeaderName)$/.test(key) && typeof item === "string")?.[1] as
    | string
    | undefined;
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      masked(item, own !== undefined && /^(value|HeaderValue)$/.test(key) ? own : key),
    ]),
  );
}

/** The last name in a path such as `container.environment.DB_URL` or `tags.Team`. */
export const nameIn = (path: string): string =>
  path.split(/[.[\]]/).findLast((part) => part !== "" && !/^\d+$/.test(part)) ?? path;

/** A text as it may be shown. */
export function maskedText(text: string, name = ""): string {
  if (text === "" || isPublic(text)) return text;
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[.\- ]/g, "_")
    .toLowerCase();
  if (SECRET_NAME.test(words) && !NOT_SECRET.test(words)) return HIDDEN;
  if (SECRET_FORMS.some((form) => form.test(text)) || isRandom(text)) return HIDDEN;
  return text.replaceAll(URL_PASSWORD, `$1${HIDDEN}$2`);
}

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
