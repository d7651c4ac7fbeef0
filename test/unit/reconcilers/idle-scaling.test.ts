import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { IDLE, WAITING } from "../../../reconcilers/components/idle-scaling.ts";

/** The value of an expression of CloudWatch for one minute; a metric without a data point has no value, and neither has what is made of it. */
function valueOf(expression: string, metrics: Readonly<Record<string, number | undefined>>): number | undefined {
  const value = runInNewContext(expression, {
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    FILL: (metric: number | undefined, instead: number) => metric ?? instead,
    ...metrics,
  }) as number;
  return Number.isNaN(value) ? undefined : value;
}

test.each([
  ["messages wait, and there is no task", { waiting: 7, desired: 0 }, 7],
  ["nothing was ever counted of the service", { waiting: 7, desired: undefined }, 7],
  ["a task is on its way", { waiting: 7, desired: 1 }, 0],
  ["the queue is empty", { waiting: 0, desired: 0 }, 0],
  ["the queue is not in use", { waiting: undefined, desired: 0 }, undefined],
])("a first task is started: %s", (_, metrics, value) => {
  expect(valueOf(WAITING, metrics)).toBe(value);
});

const EMPTY = { waiting: 0, inflight: undefined, delayed: undefined, desired: 2 };
test.each([
  ["nothing is to be done", EMPTY, 2],
  ["a message waits", { ...EMPTY, waiting: 1 }, 0],
  ["one is worked on", { ...EMPTY, inflight: 1 }, 0],
  ["one is delayed", { ...EMPTY, delayed: 1 }, 0],
  ["there is no task", { ...EMPTY, desired: 0 }, 0],
])("all tasks are stopped: %s", (_, metrics, value) => {
  expect(valueOf(IDLE, metrics)).toBe(value);
});
