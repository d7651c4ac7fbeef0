// What the console's pages do by themselves: they follow what changes, keep where the reader is, and say how old everything is.
import { ago } from "../console/ago.ts";
import { swap } from "./swap.ts";

/** What the script has of the page; the answer of an older request does not replace that of a newer one. */
let asked = 0;

/** Loads the page at an address and puts its parts in place of those that are shown, unless another one was asked for meanwhile. */
async function load(address: string): Promise<"shown" | "overtaken" | "failed"> {
  const number = ++asked;
  const response = await fetch(address, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (number !== asked) return "overtaken";
  if (!response?.ok) return "failed";
  const text = await response.text();
  if (number !== asked) return "overtaken";
  const next = new DOMParser().parseFromString(text, "text/html");
  swap(document, next);
  settle();
  return "shown";
}

/** How many pages the reader is on the way to, and whether something has changed meanwhile. */
let going = 0;
let hasChanged = false;

/** Loads what is shown again. On the way to another page that would bring the old one back, so it waits for the new one. */
function refresh(): void {
  hasChanged = going > 0;
  if (!hasChanged) void load(location.href).then(follow);
}

/** What a dialog and the times need after each change. */
function settle(): void {
  const dialog = document.querySelector("dialog");
  if (dialog && !dialog.matches(":modal")) {
    dialog.close();
    dialog.showModal();
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      void go(closingLink(dialog) ?? location.pathname);
    });
  }
  for (const drawing of document.querySelectorAll<HTMLElement>(".drawing")) lookAt(drawing);
  tick();
}

/** What the reader was shown of the pictures of a page; a newer page brings the same pictures again. */
const looked = new Map<string, string>();
let lookedOn = "";

/** Scrolls a picture that is larger than its frame to what is open in it, and at first to where requests come in: its corner may be empty. */
function lookAt(drawing: HTMLElement): void {
  if (lookedOn !== location.pathname) looked.clear();
  lookedOn = location.pathname;
  const name = drawing.getAttribute("aria-label") ?? "";
  const before = looked.get(name);
  const current = drawing.querySelector("a[aria-current]");
  const wanted = current?.getAttribute("href") ?? "";
  const thing =
    current ??
    (before === undefined ? (drawing.querySelector(".start") ?? drawing.querySelector(".thing")) : undefined);
  if (!thing || before === wanted) return;
  looked.set(name, wanted);
  const [frame, box] = [drawing.getBoundingClientRect(), thing.getBoundingClientRect()];
  drawing.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  drawing.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
}

const closingLink = (inside: Element): string | undefined =>
  inside.querySelector<HTMLAnchorElement>("a[data-close]")?.href;

/** Where the focus was before a panel or a dialog was opened. */
let openedFrom: string | undefined;

/** Goes to another page of the console, or opens and closes what is beside one. */
async function go(address: string, keeps = false): Promise<void> {
  const url = new URL(address, location.href);
  const before = new URL(location.href);
  going++;
  const outcome = await load(url.href);
  going--;
  // Whoever asked for another page gets that one.
  if (outcome === "overtaken") return;
  if (outcome === "failed") return location.assign(url.href);
  if (!keeps) history.pushState({}, "", url.href);
  follow();
  if (hasChanged) refresh();
  if (url.pathname !== before.pathname) {
    scrollTo(0, 0);
    document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
    return;
  }
  const panel = document.querySelector<HTMLElement>("#panel");
  if (panel) return panel.focus({ preventScroll: true });
  if (openedFrom !== undefined && !document.querySelector("dialog"))
    document.querySelector<HTMLElement>(`[href="${CSS.escape(openedFrom)}"]`)?.focus();
}

let source: EventSource | undefined;
let following = "";

/** Listens for changes of what the page shows. */
function follow(): void {
  const needs = document.body.dataset["needs"] ?? "";
  if (source && needs === following) return;
  source?.close();
  following = needs;
  source = new EventSource(`/events?needs=${encodeURIComponent(needs)}`);
  source.addEventListener("changed", refresh);
  source.addEventListener("ended", () => {
    source?.close();
    document.querySelector(".fresh [role=status]")?.replaceChildren("The console has ended: this page stays as it is.");
  });
}

function tick(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-ago]"))
    time.textContent = ago((Date.now() - Date.parse(time.dateTime)) / 1_000);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement | SVGAElement>("a") : null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const href = link.getAttribute("href") ?? "";
  const isSoft = link.hasAttribute("data-soft") || (link.closest("svg.picture") !== null && href.startsWith("?"));
  if (!isSoft) return;
  event.preventDefault();
  if (!link.hasAttribute("data-close") && link.closest("#panel, dialog") === null) openedFrom = href;
  void go(href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  void fetch(form.action, { method: "POST", body }).then((response) => go(response.ok ? response.url : location.href));
});

/** Keys of their own: a digit for a page, `r` to ask again, Escape to close the panel. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLInputElement || document.querySelector("dialog[open]")) return;
  const panel = document.querySelector("#panel");
  const pages = document.querySelectorAll<HTMLAnchorElement>("header nav a");
  if (event.key === "Escape" && panel) void go(closingLink(panel) ?? "/");
  else if (event.key === "r") document.querySelector<HTMLFormElement>("form.fresh")?.requestSubmit();
  else if (/^[1-9]$/.test(event.key)) pages[Number(event.key) - 1]?.click();
});

addEventListener("popstate", () => void go(location.href, true));
setInterval(tick, 1_000);
settle();
follow();
