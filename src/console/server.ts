import { Hono, type Context } from "hono";
import { streamSSE, type SSEStreamingApi } from "hono/streaming";
import type { Clock } from "../clock.ts";
import { consolePage, consoleDocument } from "../page/console/pages.tsx";
import type { DeclaredView } from "../page/data.ts";
import type { View } from "../page/console/view.ts";
import { CONSOLE_STYLE } from "../page/console/style.ts";
import { ACTS, Acts, type Given } from "./acts.ts";
import { Answers } from "./answers.ts";
import type { Runner } from "./child.ts";
import { guard, type Admission } from "./guard.ts";
import { questionOf, wordsOf } from "./questions.ts";

/** What a console is made with. */
export interface ConsoleParts {
  readonly admission: Admission;
  readonly target: View["target"];
  /** The flags that say which stack: they go to every command. */
  readonly flags: readonly string[];
  /** A command as it is typed in a terminal for this stack. */
  readonly command: (...words: readonly string[]) => string;
  readonly run: Runner;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly allowsActions: boolean;
  /** Milliseconds between two looks at AWS while a page is open; missing where changes are told. */
  readonly interval?: number;
  /** Milliseconds between two answers to the same question. */
  readonly pause: number;
  /** The script of the pages. */
  readonly script: string;
  readonly stop: AbortSignal;
  /** Answers what the page of the stack shows first, once, without a process. */
  readonly declared: () => Promise<DeclaredView>;
}

/** A page that is open, and what it shows the answers of. */
interface Open {
  readonly needs: readonly string[];
  readonly tell: (event: string) => void;
}

/** A console: what answers its requests, and what is told when something has changed. */
export interface Console {
  readonly app: Hono;
  /** Something has changed: what open pages show is asked again. */
  readonly changed: () => void;
  /** Begins with what the page of the stack shows first, and where a browser is opened, with the stack itself. */
  readonly begin: (opensBrowser: boolean) => void;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0969da"/><path d="M3 11h4V5h6" fill="none" stroke="#fff" stroke-width="2"/></svg>`;

/** Makes the console of a stack. It asks nothing before a page is opened, or is about to be. */
export function consoleOf(parts: ConsoleParts): Console {
  const { admission, clock, stop, interval, allowsActions, target, command } = parts;
  const flags = parts.flags;
  const open = new Set<Open>();
  const tell = (isMeant: (page: Open) => boolean) => {
    for (const page of open) if (isMeant(page)) page.tell("changed");
  };
  const answers = new Answers({
    run: parts.run,
    wordsOf: (key) => [...wordsOf(key), ...flags],
    clock,
    pause: parts.pause,
    stop,
    changed: (key) => tell(({ needs }) => needs.includes(key)),
  });
  const wantAll = () => {
    for (const { needs } of open) for (const key of needs) answers.want(key);
  };
  const changed = () => {
    answers.outdate();
    wantAll();
  };
  const acts = new Acts({
    run: parts.run,
    command: (words) => command(...words),
    flags,
    clock,
    changed: () => tell(() => true),
  });
  const app = new Hono();
  app.use(guard(admission));
  app.get("/console.js", (context) => typed(context, "text/javascript", parts.script));
  app.get("/console.css", (context) => typed(context, "text/css", CONSOLE_STYLE));
  app.get("/icon.svg", (context) => typed(context, "image/svg+xml", ICON));
  app.get("/events", (context) =>
    streamSSE(context, async (stream) => {
      const needs = (context.req.query("needs") ?? "").split(",").filter((key) => questionOf(key) !== undefined);
      await untilLeft(stream, { needs, open, stop, wantAll });
    }),
  );
  app.post("/refresh", async (context) => {
    changed();
    const { back } = await context.req.parseBody();
    return context.redirect(typeof back === "string" && /^\/[a-z]*$/.test(back) ? back : "/", 303);
  });
  app.post("/act/:name", async (context) => {
    const act = Object.values(ACTS).find(({ name }) => name === context.req.param("name"));
    if (!act) return context.notFound();
    if (!allowsActions)
      return context.text("This console only shows. To act from it, start it with --allow-actions.", 403);
    const given = givenIn(await context.req.parseBody());
    if (act.needsReason && given.reason === undefined) return context.text("It needs a reason.", 400);
    const asked = nameToType(answers);
    if (asked === undefined) return context.text("Nothing is known of the stack yet. Nothing was done.", 409);
    if (asked !== "" && given.name !== asked) return context.text(`Type ${asked} to confirm. Nothing was done.`, 400);
    if (acts.isBusy) return context.text("Another action is running. Nothing was done.", 409);
    void acts.start(act.name, given).then(changed);
    return context.redirect("/releases", 303);
  });
  app.get("*", (context) => {
    const view: View = {
      known: (key) => answers.known(key),
      command,
      target,
      allowsActions,
      acts: acts.all,
      ...(interval === undefined ? {} : { interval: interval / 1_000 }),
      now: clock.now(),
      query: (name) => context.req.query(name),
    };
    const page = consolePage(context.req.path, view);
    if (!page) return context.text("There is no such page.", 404);
    for (const key of page.needs) answers.want(key);
    return context.html(consoleDocument(page, view));
  });
  if (interval !== undefined) void everyInterval(interval, parts, () => open.size > 0 && changed());
  const begin = (opensBrowser: boolean) => {
    // A process of its own, so that AWS is asked while the picture of what is recorded is laid out here.
    if (opensBrowser) answers.want("stack");
    answers.begin("declared", parts.declared);
  };
  return { app, changed, begin };
}

async function everyInterval(
  interval: number,
  { clock, stop }: Pick<ConsoleParts, "clock" | "stop">,
  work: () => void,
): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(interval, stop).catch(() => {});
    if (!stop.aborted) work();
  }
}

interface Following {
  readonly needs: readonly string[];
  readonly open: Set<Open>;
  readonly stop: AbortSignal;
  readonly wantAll: () => void;
}

/** Tells a page what changes, until it is closed or the console ends. */
async function untilLeft(stream: SSEStreamingApi, { needs, open, stop, wantAll }: Following): Promise<void> {
  await new Promise<void>((resolve) => {
    const page: Open = {
      needs,
      tell: (event) => void stream.writeSSE({ event, data: "" }).catch(() => {}),
    };
    const leave = () => {
      open.delete(page);
      stop.removeEventListener("abort", end);
      resolve();
    };
    const end = () => {
      page.tell("ended");
      leave();
    };
    stream.onAbort(leave);
    stop.addEventListener("abort", end);
    open.add(page);
    // What was answered between the page and this request.
    page.tell("changed");
    wantAll();
  });
}

const typed = (context: Context, type: string, text: string) =>
  context.body(text, 200, { "content-type": `${type}; charset=utf-8` });

/** The name that has to be typed; empty where the config does not ask for it, and `undefined` before the stack is known. */
function nameToType(answers: Answers): string | undefined {
  const views = answers.known("stack").answer as
    | readonly { stack: { name: string; asksForName: boolean } }[]
    | undefined;
  const [first] = views ?? [];
  return first && (first.stack.asksForName ? first.stack.name : "");
}

/** The fields of a form; a command line takes no other characters, and none begins like a flag. */
function givenIn(body: Readonly<Record<string, unknown>>): Given & { readonly name?: string } {
  const text = (name: string) => {
    const value = body[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const [release, service, reason, name] = [text("release"), text("service"), text("reason"), text("name")];
  return {
    ...(release !== undefined && /^[\w.:-]+$/.test(release) && !release.startsWith("-") && { release }),
    ...(service !== undefined && /^[\w-]+$/.test(service) && !service.startsWith("-") && { service }),
    ...(reason !== undefined && { reason: reason.slice(0, 500).replace(/^-+/, "") }),
    ...(name !== undefined && { name }),
  };
}
