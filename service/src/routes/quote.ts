import type { Route } from "../router.ts";

interface Quote {
  text: string;
  author: string;
}

const FIRST: Quote = { text: "Simplicity is prerequisite for reliability.", author: "Edsger W. Dijkstra" };

const QUOTES: readonly Quote[] = [
  FIRST,
  { text: "Premature optimization is the root of all evil.", author: "Donald E. Knuth" },
  { text: "The purpose of computing is insight, not numbers.", author: "Richard W. Hamming" },
  { text: "Controlling complexity is the essence of computer programming.", author: "Brian W. Kernighan" },
  {
    text: "Programs must be written for people to read, and only incidentally for machines to execute.",
    author: "Harold Abelson and Gerald Jay Sussman",
  },
];

/** Returns a random quote. */
export const quote: Route = {
  method: "GET",
  path: "/api/quote",
  handle: () => ({ json: QUOTES[Math.floor(Math.random() * QUOTES.length)] ?? FIRST }),
};
