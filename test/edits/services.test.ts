import { it } from "vitest";
import { SEVERAL, serviceWalk } from "./service-edits.ts";
import { walksFrom } from "./walks.ts";

const walks = walksFrom(SEVERAL);

it("a walk of edits over a live stack of several services converges step by step, or is refused before anything is changed", () =>
  walks(serviceWalk));
