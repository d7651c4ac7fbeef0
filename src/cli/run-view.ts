import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { Run } from "../../state/state.ts";
import { hrefTo, type RunData } from "../page/data.ts";
import { svgInPage } from "../picture/svg.ts";
import { declaredPicture } from "./declared-picture.ts";
import { leadsOf, marksOf } from "./plan-view.ts";

/** What a page shows of a run. The history has no picture: it is that of the config as it is now. */
export async function runView(stack: DeclaredStack, run: Run): Promise<RunData> {
  const name = `${stack.name} ${stack.environment}`;
  if (run.actions.length === 0) return { stack: name, run };
  const picture = declaredPicture(stack);
  const leads = leadsOf(picture, new Set(run.actions.map(({ id }) => id)));
  return {
    stack: name,
    run,
    picture: await svgInPage(picture, {
      marks: marksOf(picture, run.actions),
      hrefOf: (id) => {
        const to = leads.get(id);
        return to === undefined ? undefined : hrefTo("", to);
      },
      name: "run",
    }),
  };
}
