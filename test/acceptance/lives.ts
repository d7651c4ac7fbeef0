import { OPTIONAL } from "../support/optional-stack.ts";
import { PLAIN, SHOP } from "../support/stacks.ts";

/**
 * The stacks whose whole life AWS's models judge request by request, each by the file that writes it. A judge (test/unit/judges/suites.test.ts)
 * demands that each kind which moto carries is in one of them.
 */
export const LIVES = {
  "lifecycle.test.ts": PLAIN,
  "example-shop.test.ts": SHOP,
  "optional.test.ts": OPTIONAL,
};
