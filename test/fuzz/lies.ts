import * as fc from "fast-check";
import { somewhere } from "./cases.ts";

/** How an answer is damaged. */
export const HARMS = [
  "left out",
  "null",
  "empty text",
  "empty list",
  "empty structure",
  "unknown word",
  "doubled items",
  "reversed items",
  "null among items",
  "unknown member",
  "endless pages",
  "nothing at all",
] as const;

/** One way to damage the answers to one operation. */
export interface Lie {
  /** Such as `EC2.DescribeVpcs`. */
  readonly operation: string;
  readonly harm: (typeof HARMS)[number];
  /** Which of the places that the harm can be done in, as a share of all of them. */
  readonly place: number;
  /** The first answer alone, or all of them. */
  readonly once: boolean;
}

export const lies = (operations: readonly string[]): fc.Arbitrary<Lie> =>
  fc.record({
    operation: fc.constantFrom(...operations),
    harm: fc.constantFrom(...HARMS),
    place: somewhere,
    once: fc.boolean(),
  });

type Holder = Record<string | number, unknown>;
interface Place {
  readonly holder: Holder;
  readonly name: string | number;
}

/** Every member of plain data; bytes, dates and bodies are no places to look into. */
function placesIn(value: unknown): Place[] {
  const plain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (typeof value !== "object" || value === null || !plain) return [];
  const names = Array.isArray(value) ? [...value.keys()] : Object.keys(value).filter((name) => name !== "$metadata");
  return names.flatMap((name) => [{ holder: value as Holder, name }, ...placesIn((value as Holder)[name])]);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isStructure = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
/** `ACTIVE`, `InProgress`: words that AWS may have more of than this version knows. Names and ids have digits or hyphens. */
const isWord = (value: unknown) => isText(value) && /^[A-Za-z_]{2,40}$/.test(value);
const TOKENS = ["NextToken", "nextToken", "NextMarker", "Marker"];
/** What each list of the lists with pages is paged by. */
const tokenOf = (operation: string): string => {
  if (/^(IAM|CloudFront)\./.test(operation)) return operation.startsWith("IAM") ? "Marker" : "NextMarker";
  if (operation.startsWith("ElasticLoadBalancing")) return "NextMarker";
  return /^(EC2|EventBridge|ApplicationAutoScaling)\./.test(operation) ? "NextToken" : "nextToken";
};

/** Damages an answer in place; answers whether there was anything to damage. `told`: how many answers were damaged before. */
export function damaged(output: object, { harm, place, operation }: Lie, told: number): boolean {
  const answer = output as Holder;
  if (harm === "nothing at all") {
    for (const name of Object.keys(answer)) if (name !== "$metadata") delete answer[name];
    return true;
  }
  if (harm === "endless pages") return addPages(answer, operation, told);
  // Where it cannot be damaged in this way it is in the plainest.
  for (const way of [harm, "left out"] as const) {
    const places = placesIn(answer).filter(({ holder, name }) => canTake(way, holder[name], holder));
    const chosen = places[Math.floor(place * places.length)];
    if (!chosen) continue;
    inflict(way, chosen);
    return true;
  }
  return false;
}

function addPages(answer: Holder, operation: string, told: number): boolean {
  if (!/\.(Describe|List)/.test(operation)) return false;
  // CloudFront has its lists one level down, S3 tells by a flag.
  const list = Object.values(answer).find((value) => isStructure(value) && Array.isArray((value as Holder)["Items"]));
  const page = (list ?? answer) as Holder;
  for (const name of TOKENS) delete page[name];
  page[tokenOf(operation)] = `liar-${told}`;
  if (operation.startsWith("S3.")) Object.assign(answer, { IsTruncated: true, NextKeyMarker: `liar-${told}` });
  if (operation.startsWith("IAM.")) page["IsTruncated"] = true;
  return true;
}

function canTake(harm: Lie["harm"], value: unknown, holder: Holder): boolean {
  switch (harm) {
    case "left out":
    case "null":
      return !Array.isArray(holder);
    case "empty text":
      return isText(value);
    case "unknown word":
      return isWord(value);
    case "empty structure":
    case "unknown member":
      return isStructure(value);
    case "empty list":
    case "doubled items":
      return Array.isArray(value) && value.length > 0;
    case "reversed items":
      return Array.isArray(value) && value.length > 1;
    default:
      return Array.isArray(value);
  }
}

function inflict(harm: Lie["harm"], { holder, name }: Place): void {
  const list = holder[name] as unknown[];
  if (harm === "left out") delete holder[name];
  else if (harm === "null") holder[name] = null;
  else if (harm === "empty text") holder[name] = "";
  else if (harm === "unknown word") holder[name] = "BANANA";
  else if (harm === "empty structure") holder[name] = {};
  else if (harm === "empty list") holder[name] = [];
  else if (harm === "doubled items") holder[name] = [...list, ...structuredClone(list)];
  else if (harm === "reversed items") holder[name] = list.toReversed();
  else if (harm === "null among items") holder[name] = [null, ...list];
  else if (harm === "unknown member") Object.assign(holder[name] as Holder, { NeverHeardOf: { Of: ["it"] } });
}
