import { costPage } from "./cost.tsx";
import { healthPage } from "./health.tsx";
import { planPage } from "./plan.tsx";
import { releasesPage } from "./releases.tsx";
import { runPage } from "./runs.tsx";
import type { Page } from "./shell.tsx";
import { stackPage } from "./stack.tsx";
import type { View } from "./view.ts";

export { consoleDocument } from "./shell.tsx";

const PAGES: Readonly<Record<string, (view: View) => Page>> = {
  "/": stackPage,
  "/plan": planPage,
  "/run": (view) => runPage(view),
  "/releases": releasesPage,
  "/health": healthPage,
  "/cost": costPage,
};

/** The page at a path; `undefined` where there is none. Each says whether a run goes on, and so needs the history too. */
export function consolePage(path: string, view: View): Page | undefined {
  const page = pageAt(path, view);
  return page && { ...page, needs: [...new Set([...page.needs, "history"])] };
}

function pageAt(path: string, view: View): Page | undefined {
  const [, number] = /^\/run\/(\d{1,15})$/.exec(path) ?? [];
  if (number !== undefined) return runPage(view, Number(number));
  return Object.hasOwn(PAGES, path) ? PAGES[path]?.(view) : undefined;
}
