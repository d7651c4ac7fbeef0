import { topology, type DeclaredStack } from "../../reconcilers/topology.ts";
import { graphOf, pictureOf, type Picture } from "../picture/picture.ts";

/** The stack of the config as a picture, by what the config alone says; `all`: every resource, and not only those that people draw. */
export function declaredPicture(stack: DeclaredStack, all = false): Picture {
  const { nodes } = topology(stack, {
    account: "000000000000",
    partition: "aws",
    originFacingPrefixList: "pl-0",
    // As it is once every service was released: a job has no schedule before.
    released: Object.fromEntries(stack.services.map(({ name }) => [name, true])),
    zones: Object.fromEntries(stack.domains.map((domain) => [domain, "Z0"])),
  }).graph;
  const title = `${stack.stackName} in ${stack.region}`;
  return all ? graphOf(title, nodes) : pictureOf(title, nodes);
}
