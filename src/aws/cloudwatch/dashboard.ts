// PutDashboard creates or overwrites, and tells what is wrong with the body in a response that is a success. Dashboards are global, and the
// owner mark is in a text of the dashboard itself, which says so to whoever would edit it.
import {
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import { readJson } from "../answer.ts";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { unmarked, withMark } from "../marked-text.ts";
import { byName } from "../named.ts";
import { isOfStack, namedAfter } from "../owned.ts";
import { everyPage } from "../pages.ts";

export interface DashboardSpec {
  /** At most 255 letters, digits, hyphens and underscores; unique in the account. */
  name: string;
  /** The owner mark, which is part of a text on AWS. */
  owner: string;
  /** Its widgets, in CloudWatch's own JSON (CloudWatch API Reference, "Dashboard Body Structure and Syntax"). */
  widgets: readonly object[];
}

export interface DashboardAttrs {
  name: string;
}

// The name of the class, and the code on the wire (CloudWatch API Reference, GetDashboard).
const GONE = ["DashboardNotFoundError", "ResourceNotFound"] as const;

export const Dashboard = defineKind<DashboardSpec, DashboardAttrs>({
  type: "cloudwatch/dashboard",
  fields: { name: { immutable: true, unique: true }, owner: {}, widgets: {} },
  inventory: { lists: "stateless" },

  async observe(aws, look) {
    const found = await byName(look, (name) => read(aws, name));
    if (!found) return undefined;
    const { name, owner, widgets } = found;
    return { id: name, attrs: { name }, spec: { name, owner: owner ?? "", widgets }, owner, ready: true };
  },

  async list(aws) {
    const all = await everyPage(async (NextToken) => {
      const command = new ListDashboardsCommand({ DashboardNamePrefix: `${aws.stack}-`, NextToken });
      const page = await aws.cloudWatch(command);
      return { items: page.DashboardEntries, next: page.NextToken };
    });
    const named = all.flatMap(({ DashboardName: name }) => (name && namedAfter(aws.stack, name) ? [name] : []));
    const seen = await Promise.all(named.map((name) => read(aws, name)));
    return seen.flatMap((one) =>
      one?.owner !== undefined && isOfStack(aws, one.owner) ? [{ id: one.name, owner: one.owner }] : [],
    );
  },

  /** Without `once`: it overwrites itself. */
  async create(aws, spec, making) {
    await put(aws, spec);
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name } };
  },

  update: (aws, _observed, spec) => put(aws, spec),

  async delete(aws, { id }) {
    await absent(aws.cloudWatch(new DeleteDashboardsCommand({ DashboardNames: [id] })), ...GONE);
  },
});

const NOTE = "Fairlead keeps this dashboard: the next reconcile reverts changes.";

async function put(aws: Aws, { name, owner, widgets }: DashboardSpec): Promise<void> {
  const note = { type: "text", x: 0, y: 0, width: 24, height: 1, properties: { markdown: withMark(NOTE, owner) } };
  const DashboardBody = JSON.stringify({ widgets: [note, ...widgets] });
  const { DashboardValidationMessages: messages = [] } = await aws.cloudWatch(
    new PutDashboardCommand({ DashboardName: name, DashboardBody }),
  );
  const [first] = messages;
  if (first) throw new Error(`CloudWatch cannot show the dashboard ${name}: ${first.DataPath}: ${first.Message}`);
}

async function read(aws: Aws, name: string) {
  const found = await absent(aws.cloudWatch(new GetDashboardCommand({ DashboardName: name })), ...GONE);
  if (!found) return undefined;
  const { widgets = [] } = (readJson(`the body of the dashboard ${name}`, found.DashboardBody ?? "{}") ?? {}) as {
    widgets?: readonly Widget[];
  };
  const noteOf = ({ type, properties }: Widget) => (type === "text" ? unmarked(properties?.markdown).owner : undefined);
  const note = widgets.find((widget) => noteOf(widget) !== undefined);
  return { name, owner: note && noteOf(note), widgets: widgets.filter((widget) => widget !== note) };
}

interface Widget {
  readonly type?: string;
  readonly properties?: { readonly markdown?: string };
}
