// Puts the parts of a newer page in place of those that are shown, and leaves the reader where they are.

/** As the server has sent each part: what the script has changed since (an open `details`, an age) is no change. */
const sent = new WeakMap<Element, string>();

/** Replaces every part that differs; the others stay untouched, with whatever is selected in them. */
export function swap(shown: Document, next: Document): void {
  const [main, newMain] = [shown.querySelector("main"), next.querySelector("main")];
  if (!main || !newMain) return;
  const keys = (of: Document) =>
    partsOf(of.body)
      .map((part) => part.dataset["part"])
      .join();
  const places = placesOf(shown);
  shown.title = next.title;
  shown.body.dataset["needs"] = next.body.dataset["needs"] ?? "";
  if (keys(shown) !== keys(next) || shown.querySelector("h1")?.textContent !== next.querySelector("h1")?.textContent) {
    main.replaceChildren(...newMain.childNodes);
    replaceParts(shown.querySelector("header") ?? main, next.querySelector("header") ?? newMain);
  } else {
    const [wrap, newWrap] = [main.firstElementChild?.nextElementSibling, newMain.firstElementChild?.nextElementSibling];
    if (wrap && newWrap) wrap.className = newWrap.className;
    replaceParts(shown.body, next.body);
  }
  for (const [index, link] of shown.querySelectorAll("header nav a").entries()) {
    const current = next.querySelectorAll("header nav a")[index]?.getAttribute("aria-current");
    if (current) link.setAttribute("aria-current", current);
    else link.removeAttribute("aria-current");
  }
  backTo(shown, places);
}

const partsOf = (inside: Element): HTMLElement[] => [...inside.querySelectorAll<HTMLElement>("[data-part]")];

function replaceParts(shown: Element, next: Element): void {
  for (const part of partsOf(next)) {
    const old = partsOf(shown).find((one) => one.dataset["part"] === part.dataset["part"]);
    if (!old) continue;
    const html = part.innerHTML;
    const before = sent.get(old) ?? old.innerHTML;
    sent.set(old, html);
    if (html !== before) old.replaceChildren(...part.childNodes);
  }
}

/** Where the reader is. */
interface Places {
  readonly focus: string | undefined;
  readonly typed: ReadonlyMap<string, string>;
  readonly toggled: ReadonlyMap<string, boolean>;
  readonly scrolled: ReadonlyMap<string, readonly [number, number]>;
  readonly page: readonly [number, number];
}

function placesOf(shown: Document): Places {
  const active = shown.activeElement;
  return {
    focus: active && active !== shown.body ? nameOf(active) : undefined,
    typed: new Map(
      [...shown.querySelectorAll<HTMLInputElement>("input[type=text]")].map((one) => [nameOf(one), one.value]),
    ),
    toggled: new Map([...shown.querySelectorAll("details")].map((one) => [nameOf(one), one.open])),
    scrolled: new Map(
      [...shown.querySelectorAll(".scroll, .panel, pre")].map((one) => [nameOf(one), [one.scrollLeft, one.scrollTop]]),
    ),
    page: [scrollX, scrollY],
  };
}

function backTo(shown: Document, { focus, typed, toggled, scrolled, page }: Places): void {
  for (const one of shown.querySelectorAll("details")) one.open = toggled.get(nameOf(one)) ?? one.open;
  for (const one of shown.querySelectorAll<HTMLInputElement>("input[type=text]"))
    one.value = typed.get(nameOf(one)) ?? one.value;
  for (const one of shown.querySelectorAll(".scroll, .panel, pre")) {
    const [left, top] = scrolled.get(nameOf(one)) ?? [0, 0];
    if (one.scrollLeft !== left) one.scrollLeft = left;
    if (one.scrollTop !== top) one.scrollTop = top;
  }
  if (focus !== undefined && (shown.activeElement === null || shown.activeElement === shown.body)) {
    const again = [...shown.querySelectorAll<HTMLElement>("a, button, input, summary, [tabindex]")].find(
      (one) => nameOf(one) === focus,
    );
    again?.focus({ preventScroll: true });
  }
  if (scrollX !== page[0] || scrollY !== page[1]) scrollTo(...page);
}

/** What an element is known by in an older page and a newer one: its own name, or where it leads, below those that have one. */
function nameOf(element: Element): string {
  const own =
    element.id ||
    element.getAttribute("href") ||
    element.getAttribute("name") ||
    element.getAttribute("aria-label") ||
    (element.matches("details")
      ? (element.querySelector("strong") ?? element.querySelector("summary"))?.textContent
      : undefined) ||
    element.textContent?.slice(0, 60) ||
    "";
  const above = element.parentElement?.closest("details, [id], [data-part]");
  const within = above
    ? above.id || above.getAttribute("data-part") || above.querySelector("summary")?.textContent
    : "";
  return `${element.tagName} ${within ?? ""} ${own}`;
}
