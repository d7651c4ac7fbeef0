/** Where a request was logged. */
export type LoggedBy = "cdn" | "balancer";

/** One request as an access log has it; what is not logged of it is left out. */
export interface AccessRecord {
  /** When it was answered, in milliseconds since the epoch. */
  readonly at: number;
  readonly from: LoggedBy;
  /** The HTTP status that was answered; 0 if the connection was closed before. */
  readonly status: number;
  readonly method: string;
  readonly host?: string;
  /** Without the query string. */
  readonly path: string;
  readonly query?: string;
  /** How long the answer took, in seconds. */
  readonly seconds?: number;
  /** The size of the response with its headers. */
  readonly bytes?: number;
  /** The address that it came from: for the load balancer one of CloudFront's. */
  readonly client?: string;
  /** What the CDN did with it, such as `Hit` or `Miss`. */
  readonly result?: string;
  /** The name of the target group that the load balancer sent it to. */
  readonly targetGroup?: string;
}

/** One record of CloudFront in JSON (CloudFront developer guide, "Standard logging reference"); `undefined` for anything else. */
export function cdnRecord(line: string): AccessRecord | undefined {
  const fields = parsed(line);
  const text = (name: string) => {
    const value = fields?.[name];
    return typeof value === "string" && value !== "-" && value !== "" ? value : undefined;
  };
  const at = Date.parse(`${text("date")}T${text("time")}Z`);
  const [status, path] = [text("sc-status"), text("cs-uri-stem")];
  if (Number.isNaN(at) || status === undefined || path === undefined) return undefined;
  return present({
    at,
    from: "cdn",
    status: Number(status),
    method: text("cs-method") ?? "-",
    host: text("x-host-header"),
    path,
    query: text("cs-uri-query"),
    seconds: numberIn(text("time-taken")),
    bytes: numberIn(text("sc-bytes")),
    client: text("c-ip"),
    result: text("x-edge-result-type"),
  });
}

/**
 * One entry of a load balancer (Elastic Load Balancing user guide, "Access logs for your Application Load Balancer", "Access log entries"):
 * fields between spaces, in quotes if they may contain any; new ones are added at the end. `undefined` for anything else.
 */
export function balancerRecord(line: string): AccessRecord | undefined {
  const fields = Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([, quoted, plain = ""]) => quoted ?? plain);
  const [, time = "", , client = "", , ...rest] = fields;
  const [waited, worked, returned, status, , , sent, request = "", , , , targetGroup = ""] = rest;
  const [method = "", url = ""] = request.split(" ");
  const at = Date.parse(time);
  if (Number.isNaN(at) || url === "") return undefined;
  const { pathname, search, host } = addressIn(url);
  // -1 if it was never sent to a target, or the target closed the connection.
  const times = [waited, worked, returned].map(Number);
  const answered = times.every((one) => one >= 0);
  return present({
    at,
    from: "balancer",
    status: numberIn(status) ?? 0,
    method,
    host,
    path: pathname,
    query: search,
    seconds: answered ? Number(times.reduce((sum, one) => sum + one, 0).toFixed(3)) : undefined,
    bytes: numberIn(sent),
    client: client === "-" ? undefined : client.replace(/:\d+$/, ""),
    targetGroup: /:targetgroup\/([^/]+)\//.exec(targetGroup)?.[1],
  });
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The parts of a URL as it was logged: a request that is none is logged as well. */
function addressIn(url: string) {
  const [, host, rest = url] = /^\w+:\/\/([^/?]*)(.*)$/.exec(url) ?? [];
  const [pathname = "", ...query] = rest.split("?");
  return { host: host?.replace(/:\d+$/, ""), pathname: pathname === "" ? "/" : pathname, search: query.join("?") };
}

const numberIn = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text === undefined || text === "" || Number.isNaN(value) ? undefined : value;
};

/** Without what is not there. */
const present = (record: { readonly [F in keyof AccessRecord]: AccessRecord[F] | undefined }): AccessRecord =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is required is there
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== ""),
  ) as unknown as AccessRecord;
