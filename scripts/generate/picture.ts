import { topology } from "../../reconcilers/topology.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { svgOf } from "../../src/picture/svg.ts";

/** The picture of a stack without settings, for docs/stack.md: what `graph --svg` prints for it. */
export const stackPicture = (): Promise<string> => {
  const facts = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-0", released: { web: true } };
  return svgOf(pictureOf("A stack with one web service", topology(resolveStack({}), facts).graph.nodes));
};
