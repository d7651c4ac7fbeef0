import type { ConfigObject } from "../config-text.ts";
import { labelOf, some } from "./container.ts";
import type { Fields } from "./fields.ts";

/* How many tasks run, how they are deployed, and what they store. */

/** Count, scaling, Spot and deployment of a service. */
export interface Running {
  readonly service: ConfigObject | undefined;
  readonly scaling: ConfigObject | undefined;
  readonly spot: ConfigObject | undefined;
}

const LATENCY = "scaling on it is not supported; instead, scaling.requestsPerTarget or scaling.cpuTarget";

/** `count`, `exec` and `deployment`; one task is Copilot's default. */
export function runningOf(fields: Fields, kind: "public" | "internal" | "worker", gracePeriod?: number): Running {
  const deployment = deploymentOf(fields);
  // The SSM agent of ECS Exec writes to the root file system (ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec", considerations).
  const canExec = fields.map("storage")?.flag("readonly_fs") !== true;
  const enableExec = fields.flag("exec") === true && !canExec ? undefined : fields.flag("exec");
  if (enableExec === undefined)
    fields.leave(
      "exec",
      "ECS Exec needs a writable root file system, and storage.readonly_fs is true: keep one of the two",
    );
  const own = { enableExec, healthCheckGracePeriod: gracePeriod, ...deployment };
  const count = fields.map("count");
  if (!count) {
    const number = fields.has("count") ? fields.number("count") : 1;
    return {
      service: some(own),
      scaling: number === undefined ? undefined : fixed(number),
      spot: undefined,
    };
  }
  const onlySpot = count.number("spot");
  if (onlySpot !== undefined) {
    // An override with `spot` replaces a range.
    for (const key of count.keys) count.take(key);
    return {
      service: some(own),
      scaling: fixed(onlySpot),
      spot: { base: 0, percent: 100 },
    };
  }
  const { min, max, spotFrom } = rangeOf(count);
  const cooldown = count.map("cooldown");
  const target = (key: string) => targetOf(count, key);
  const requests = target("requests");
  if (requests !== undefined && kind !== "public") count.leave("requests", "only public services scale on requests");
  const delay = count.map("queue_delay");
  count.leave("response_time", LATENCY);
  const scaling = some({
    min,
    max,
    cpuTarget: target("cpu_percentage"),
    memoryTarget: target("memory_percentage"),
    requestsPerTarget: kind === "public" ? requests : undefined,
    backlogPerTask: delay && backlogOf(delay),
    scaleInCooldown: cooldown?.seconds("in"),
    scaleOutCooldown: cooldown?.seconds("out"),
  });
  count.close();
  return {
    service: some(own),
    scaling,
    spot: spotFrom === undefined ? undefined : { base: spotFrom - 1, percent: 100 },
  };
}

/** As many tasks as are wanted, and no more: autoscaling is always on here, within these limits. */
const fixed = (count: number): ConfigObject => ({ min: count, max: Math.max(1, count) });

function rangeOf(count: Fields): {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly spotFrom?: number | undefined;
} {
  const map = count.map("range");
  if (map) {
    const range = { min: map.number("min"), max: map.number("max"), spotFrom: map.number("spot_from") };
    map.close();
    return range;
  }
  const text = count.text("range");
  const [, min, max] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text ?? "") ?? [];
  if (text !== undefined && max === undefined) count.leave("range", `${JSON.stringify(text)} is no range`);
  return max === undefined ? {} : { min: Number(min), max: Number(max) };
}

/** The value of a target, which may have a cooldown of its own. */
function targetOf(count: Fields, key: string): number | undefined {
  const map = count.map(key);
  if (!map) return count.number(key);
  const value = map.number("value");
  map.leave("cooldown", "all targets have the same cooldown: scaling.scaleInCooldown and scaling.scaleOutCooldown");
  map.close();
  return value;
}

/** How many messages may wait for each task: the acceptable latency divided by the time that a message takes. */
function backlogOf(delay: Fields): number | undefined {
  const latency = delay.seconds("acceptable_latency");
  const each = delay.seconds("msg_processing_time");
  delay.leave("cooldown", "all targets have the same cooldown: scaling.scaleInCooldown and scaling.scaleOutCooldown");
  delay.close();
  return latency === undefined || each === undefined || each === 0
    ? undefined
    : Math.max(1, Math.floor(latency / each));
}

function deploymentOf(fields: Fields): ConfigObject {
  const deployment = fields.map("deployment");
  if (!deployment) return {};
  const rolling = deployment.text("rolling");
  deployment.leave(
    "rollback_alarms",
    "alarms of your own do not roll back; instead, alarms with service.deploymentAlarms: true",
  );
  deployment.close();
  return rolling === "recreate" ? { minHealthyPercent: 0, maxPercent: 100 } : {};
}

/** What `storage` says. */
export interface Storage {
  readonly ephemeralStorage: number | undefined;
  readonly volumes: ConfigObject | undefined;
  readonly readonlyRootFilesystem: boolean;
}

/** `storage`. The root file system is writable unless the manifest says otherwise. */
export function storageOf(fields: Fields): Storage {
  const storage = fields.map("storage");
  const ephemeral = storage?.number("ephemeral");
  const readonlyRootFilesystem = storage?.flag("readonly_fs") ?? false;
  const volumes = storage?.map("volumes");
  const entries = (volumes?.keys ?? []).flatMap((key) => {
    const volume = volumes?.map(key);
    const made = volume && volumeOf(volume);
    if (typeof made === "string") volumes?.leave(key, made);
    return made === undefined || typeof made === "string" ? [] : [[labelOf(key), made] as const];
  });
  storage?.close();
  return {
    // 20 GiB are included with every task, and Fargate takes more only.
    ephemeralStorage: ephemeral !== undefined && ephemeral > 20 ? ephemeral : undefined,
    volumes: entries.length === 0 ? undefined : Object.fromEntries(entries),
    readonlyRootFilesystem,
  };
}

function volumeOf(volume: Fields): ConfigObject | string {
  const path = volume.text("path");
  const readOnly = volume.flag("read_only") ?? true;
  const efs = volume.map("efs");
  if (efs?.has("id"))
    return "an existing EFS file system is not mounted; Fairlead creates its own: copy the files with AWS DataSync, and declare the volume";
  if (!efs && volume.flag("efs") !== true)
    return "files are not shared between the containers of a task; a volume on EFS is for the main container";
  const [uid, gid] = [efs?.number("uid"), efs?.number("gid")];
  efs?.leave("auth", "access points and IAM are always used");
  efs?.close();
  volume.close();
  return { path, readOnly, uid: uid ?? 1000, gid: gid ?? 1000 };
}

/** `queue` of a worker, which always has one: Copilot's defaults are 30 seconds and four days. */
export function queueOf(fields: Fields): ConfigObject {
  const subscribe = fields.map("subscribe");
  const queue = subscribe?.map("queue");
  const [timeout, retention] = [queue?.seconds("timeout"), queue?.seconds("retention")];
  const letters = queue?.map("dead_letter");
  const tries = letters?.number("tries");
  letters?.close();
  queue?.leave("delay", "delays of a whole queue are not supported; instead, DelaySeconds of a message");
  queue?.leave(
    "fifo",
    "queues are standard queues; instead, declare a FIFO queue in resources: kinds.Queue with a name that ends with .fifo",
  );
  queue?.close();
  subscribe?.leave(
    "topics",
    "there are no SNS topics; instead, the services that publish send to the queue, whose URL they get as NAME_QUEUE_URL",
  );
  subscribe?.close();
  const days = retention === undefined ? undefined : Math.min(14, Math.max(1, Math.round(retention / 86_400)));
  return { visibilityTimeout: timeout ?? 30, retentionDays: days, maxReceives: tries };
}
