import type {
  DeleteDashboardsCommandInput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from "@aws-sdk/client-cloudwatch";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

interface SimDashboard {
  name: string;
  body: string;
  changedAt: number;
}

/** "All dashboards in your account are global, not region-specific" (CloudWatch API Reference, PutDashboard). */
const dashboards = (sim: Sim) => sim.global<SimDashboard>("cloudwatch.dashboards");
const arnOf = (sim: Sim, name: string) => sim.arn("cloudwatch", `dashboard/${name}`, "");

const missing = (name: string | undefined): never =>
  refuse("DashboardNotFoundError", `Dashboard ${name} does not exist`, 404);

interface Widget {
  readonly type?: string;
  readonly x?: number;
  readonly width?: number;
  readonly properties?: { readonly region?: string; readonly markdown?: string };
}

/** "Dashboard Body Structure and Syntax": 24 columns; a metric widget has a region, a text widget its text. */
function messagesOf(body: string) {
  let widgets: unknown;
  try {
    ({ widgets } = JSON.parse(body) as { widgets?: unknown });
  } catch {
    return refuse("DashboardInvalidInputError", "The field DashboardBody must be a valid JSON object");
  }
  if (!Array.isArray(widgets) || widgets.length > 500)
    return refuse("DashboardInvalidInputError", "The field widgets must be an array of at most 500 items");
  return (widgets as Widget[]).flatMap(({ type, x = 0, width = 6, properties }, index) => {
    const at = (path: string, Message: string) => [{ DataPath: `/widgets/${index}/${path}`, Message }];
    if (x + width > 24) return at("width", "Should be on the grid of 24 columns");
    if (type === "metric" && !properties?.region) return at("properties", "Should have required property 'region'");
    if (type === "text" && !properties?.markdown) return at("properties", "Should have required property 'markdown'");
    return [];
  });
}

export const dashboardOperations = {
  PutDashboard(input: PutDashboardCommandInput, sim): Answer<PutDashboardCommandOutput> {
    onlyKnown("PutDashboard", input, "DashboardName", "DashboardBody");
    const { DashboardName: name = "", DashboardBody: body = "" } = input;
    if (!/^[\w-]{1,255}$/.test(name)) refuse("DashboardInvalidInputError", "The dashboard name is not valid");
    const messages = messagesOf(body);
    dashboards(sim)[name] = { name, body, changedAt: sim.now };
    return { DashboardValidationMessages: messages };
  },

  GetDashboard({ DashboardName: name = "" }: GetDashboardCommandInput, sim): Answer<GetDashboardCommandOutput> {
    const found = dashboards(sim)[name] ?? missing(name);
    return { DashboardArn: arnOf(sim, name), DashboardBody: found.body, DashboardName: name };
  },

  ListDashboards(input: ListDashboardsCommandInput, sim): Answer<ListDashboardsCommandOutput> {
    const { DashboardNamePrefix: prefix = "", NextToken: token } = input;
    const all = Object.values(dashboards(sim)).filter(({ name }) => name.startsWith(prefix));
    const { page, next } = pageOf(all, { token }, { usual: 1_000, code: "InvalidParameterValueException" });
    const DashboardEntries = page.map(({ name, changedAt }) => ({
      DashboardName: name,
      DashboardArn: arnOf(sim, name),
      LastModified: new Date(changedAt),
    }));
    return { DashboardEntries, NextToken: next };
  },

  /** If one of them does not exist, none is deleted (CloudWatch API Reference, DeleteDashboards). */
  DeleteDashboards({ DashboardNames: names = [] }: DeleteDashboardsCommandInput, sim) {
    const unknown = names.find((name) => !dashboards(sim)[name]);
    if (unknown !== undefined) missing(unknown);
    for (const name of names) delete dashboards(sim)[name];
  },
} satisfies Operations;
