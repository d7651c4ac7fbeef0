import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { Answers } from "../../../src/console/answers.ts";
import { endedOf, type Ended } from "../../../src/console/child.ts";

/** Answers whose questions are answered by hand, one after the other. */
function setUp() {
  const asked: { words: readonly string[]; answer: (ended: Ended) => void }[] = [];
  const changed: string[] = [];
  const clock = new VirtualClock(1_000_000);
  const answers = new Answers({
    run: (words) => new Promise((resolve) => asked.push({ words, answer: resolve })),
    wordsOf: (key) => [key, "--json"],
    clock,
    pause: 1_500,
    stop: new AbortController().signal,
    changed: (key) => changed.push(key),
  });
  /** The clock takes a few turns of the event loop to jump to its next sleeper. */
  const settled = async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const answer = async (number: number, of: unknown) => {
    asked[number]?.answer({ answer: of, said: "" });
    await settled();
  };
  return { answers, asked, changed, clock, settled, answer };
}

describe("the answers of the console", () => {
  it("asks once for all that want the same, and keeps the answer", async () => {
    const { answers, asked, changed, answer } = setUp();
    answers.want("plan");
    answers.want("plan");
    expect(answers.known("plan")).toMatchObject({ isAsking: true });
    await answer(0, { changes: false });
    answers.want("plan");
    expect(asked.map(({ words }) => words)).toEqual([["plan", "--json"]]);
    expect(answers.known("plan")).toMatchObject({ answer: { changes: false }, at: 1_000_000, isAsking: false });
    expect(changed).toEqual(["plan"]);
  });

  it("begins with an answer that needs no command, and asks again once something has changed", async () => {
    const { answers, asked, changed, clock, settled, answer } = setUp();
    answers.begin("declared", () => Promise.resolve({ things: 1 }));
    answers.want("declared");
    expect(answers.known("declared")).toMatchObject({ isAsking: true });
    await settled();
    expect(answers.known("declared")).toMatchObject({ answer: { things: 1 }, isAsking: false });
    answers.want("declared");
    expect({ asked, changed }).toEqual({ asked: [], changed: ["declared"] });
    answers.outdate();
    answers.want("declared");
    await settled();
    expect(clock.now()).toBe(1_001_500);
    await answer(0, { things: 2 });
    expect(answers.known("declared")).toMatchObject({ answer: { things: 2 }, isAsking: false });
  });

  it("asks a command for an answer that could not be made without one", async () => {
    const { answers, asked, settled, answer } = setUp();
    answers.begin("declared", () => Promise.reject(new Error("no places were found")));
    await settled();
    expect(asked.map(({ words }) => words)).toEqual([["declared", "--json"]]);
    await answer(0, { things: 1 });
    expect(answers.known("declared")).toMatchObject({ answer: { things: 1 } });
  });

  it("asks two at once, and the others after them", async () => {
    const { answers, asked, answer } = setUp();
    for (const key of ["plan", "status", "doctor", "releases"]) answers.want(key);
    expect(asked).toHaveLength(2);
    await answer(1, {});
    expect(asked.map(({ words }) => words[0])).toEqual(["plan", "status", "doctor"]);
  });

  it("asks again once something has changed, and not before the pause is over", async () => {
    const { answers, asked, clock, answer, settled } = setUp();
    answers.want("plan");
    await answer(0, 1);
    answers.outdate();
    answers.want("plan");
    expect(answers.known("plan")).toMatchObject({ answer: 1, isAsking: true });
    expect(asked).toHaveLength(1);
    await settled();
    expect({ asked: asked.length, at: clock.now() }).toEqual({ asked: 2, at: 1_001_500 });
    await answer(1, 2);
    expect(answers.known("plan")).toMatchObject({ answer: 2, isAsking: false });
  });

  it("takes an answer for old if something has changed while it was asked for", async () => {
    const { answers, asked, answer, settled } = setUp();
    answers.want("plan");
    answers.outdate();
    await answer(0, 1);
    expect(answers.known("plan")).toMatchObject({ answer: 1 });
    answers.want("plan");
    await settled();
    expect(asked).toHaveLength(2);
  });

  it("shows the last answer beside why there is no newer one", async () => {
    const { answers, asked, answer, settled } = setUp();
    answers.want("plan");
    await answer(0, 1);
    answers.outdate();
    answers.want("plan");
    await settled();
    asked[1]?.answer({ failure: { message: "The state is damaged." }, said: "" });
    await settled();
    expect(answers.known("plan")).toMatchObject({ answer: 1, failure: { message: "The state is damaged." } });
  });
});

describe("what a command came to", () => {
  it("is its answer, its error, or what it has said", () => {
    expect(endedOf('{"broken":null}', "hello")).toEqual({ answer: { broken: null }, said: "hello" });
    expect(endedOf('{"error":{"message":"No.","exit":2}}', "")).toEqual({
      failure: { message: "No.", exit: 2 },
      said: "",
    });
    expect(endedOf("", "It was killed.")).toEqual({ failure: { message: "It was killed." }, said: "It was killed." });
    expect(endedOf("{", "")).toEqual({ failure: { message: "The command ended without an answer." }, said: "" });
  });
});
