import type * as z from "zod";
import type { Terminal } from "../terminal.ts";
import type { SHAPES } from "./schemas.ts";

type Shapes = typeof SHAPES;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** An answer of a shape, as its schema says. */
export type Answer<Name extends keyof Shapes> = Frozen<z.input<Shapes[Name]>>;

/** Prints the answer of a command as JSON. `_shape` is what it is by its schema, which the compiler holds it to. */
export function answerJson<Name extends keyof Shapes>(terminal: Terminal, _shape: Name, answer: Answer<Name>): void {
  terminal.answer(JSON.stringify(answer, undefined, 2));
}

/** The same on one line, for commands that print one object per line. */
export function answerLine<Name extends keyof Shapes>(terminal: Terminal, _shape: Name, answer: Answer<Name>): void {
  terminal.answer(JSON.stringify(answer));
}
