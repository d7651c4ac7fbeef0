import { Alert } from "../parts.tsx";
import { PlanSection } from "../plan.tsx";
import { Answered, regionViews, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

/** What a reconcile would do now. */
export const planPage = (view: View): Page => ({
  path: "/plan",
  title: "Plan",
  needs: ["stack"],
  body: (
    <div data-part="plan">
      <Answered of="the plan" asked={view.known("stack")} command={view.command("plan")}>
        {regionViews(view).map(({ plan }) => (
          <PlanSection key={plan.answer.region} plan={plan} isAlone={regionViews(view).length === 1} />
        ))}
        {regionViews(view).some(({ plan }) => plan.answer.changes) ? (
          <Alert
            title="To apply it"
            lines={[`The console applies no plan. In a terminal: \`${view.command("reconcile")}\``]}
            isWarning
          />
        ) : undefined}
      </Answered>
    </div>
  ),
});
