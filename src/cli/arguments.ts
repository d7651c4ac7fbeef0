// What the values of flags and arguments have to look like.
import { InvalidArgumentError } from "commander";
import { NOW } from "./compared-progress.ts";

/** Each of a flag that is repeated. */
export const collected = (value: string, before: readonly string[] = []) => [...before, value];

/** `0`, `12`: what numbers a backup or a run, of which there may be more in the end than anybody would ask for at once. */
export function keptNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected a number.");
  return Number(text);
}

/** `12`, or `now`. */
export const runOrNow = (text: string): number | typeof NOW => {
  if (text === NOW) return NOW;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`Expected a number, or ${NOW} for the run in progress.`);
};

/** `40`, as `generate.length` in the config. */
export function valueLength(text: string): number {
  const length = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(length >= 16 && length <= 128)) throw new InvalidArgumentError("Expected a whole number from 16 to 128.");
  return length;
}

/** `10`, at least 1. */
export function wholeNumber(text: string): number {
  const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
  return number;
}

const HOUR = 3_600_000;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR };

/** `60s`, `5m`, `1h` in milliseconds. */
export function interval(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError("Expected a number with s, m or h, such as 60s.");
  return ms;
}
