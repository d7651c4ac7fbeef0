// Reads pictures in the languages of other tools again, as their grammars have it: everything that is not understood is an error.

/** What a text draws: the label of each thing by its name, those of the boxes, and the arrows between names. */
export interface Drawn {
  readonly title: string;
  readonly things: Readonly<Record<string, string>>;
  readonly boxes: readonly string[];
  readonly links: readonly (readonly [from: string, to: string])[];
}

type Reader = readonly [line: RegExp, read: (...parts: string[]) => void];

/** A quoted string of Graphviz: everything but a quote or a backslash, or a backslash with what follows it. https://graphviz.org/doc/info/lang.html */
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/** Reads a graph for Graphviz. */
export function readDot(text: string): Drawn {
  const drawn = {
    title: "",
    things: {} as Record<string, string>,
    boxes: [] as string[],
    links: [] as [string, string][],
  };
  let opened = 0;
  const name = (quoted: string) => quoted.replaceAll(String.raw`\"`, '"').replaceAll("\\\\", "\\");
  const shown = (quoted: string) => {
    const plain = quoted.replaceAll(/\\(.)/g, (_, next: string) => (next === "n" ? "\n" : next));
    return plain.replaceAll("&amp;", "&");
  };
  readLines(text, [
    [new RegExp(`^digraph ${QUOTED} \\{$`), () => opened++],
    [/^(?:rankdir=LR|node \[shape=box, style=rounded\]);$/, () => {}],
    [new RegExp(`^subgraph "cluster_.*" \\{$`), () => opened++],
    [
      new RegExp(`^label=${QUOTED};$`),
      (title) => (opened === 1 && drawn.title === "" ? (drawn.title = shown(title)) : drawn.boxes.push(shown(title))),
    ],
    [new RegExp(`^${QUOTED} \\[label=${QUOTED}\\];$`), (id, label) => (drawn.things[name(id)] = shown(label))],
    [new RegExp(`^${QUOTED} -> ${QUOTED};$`), (from, to) => drawn.links.push([name(from), name(to)])],
    [/^\}$/, () => opened--],
  ]);
  if (opened !== 0) throw new Error(`${opened} braces are not closed.`);
  return drawn;
}

/** A label of Mermaid in quotes: no quote, no backtick, and of HTML only line breaks. https://mermaid.js.org/syntax/flowchart.html */
const LABEL = String.raw`"((?:[^"\x60<>&]|<br>)*)"`;

/** Reads a Mermaid flowchart. */
export function readMermaid(text: string): Drawn {
  const drawn = {
    title: "",
    things: {} as Record<string, string>,
    boxes: [] as string[],
    links: [] as [string, string][],
  };
  let opened = 0;
  const shown = (label: string) =>
    label.replaceAll("<br>", "\n").replaceAll(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  readLines(text, [
    [/^(?:---|flowchart LR)$/, () => {}],
    [/^title: (".*")$/, (title) => (drawn.title = JSON.parse(title) as string)],
    [new RegExp(`^subgraph b\\d+\\[${LABEL}\\]$`), (title) => (opened++, drawn.boxes.push(shown(title)))],
    [new RegExp(`^(r\\d+)\\[${LABEL}\\]$`), (name, label) => (drawn.things[name] = shown(label))],
    [new RegExp(`^(r\\d+)\\(\\[${LABEL}\\]\\)$`), (name, label) => (drawn.things[name] = shown(label))],
    [/^(r\d+) --> (r\d+)$/, (from, to) => drawn.links.push([from, to])],
    [/^end$/, () => opened--],
  ]);
  if (opened !== 0) throw new Error(`${opened} subgraphs are not closed.`);
  return drawn;
}

function readLines(text: string, readers: readonly Reader[]): void {
  for (const line of text.trim().split("\n")) {
    const found = readers
      .map(([pattern, read]) => ({ parts: pattern.exec(line.trim()), read }))
      .find(({ parts }) => parts !== null);
    if (!found?.parts) throw new Error(`This line means nothing: ${line}`);
    const [, ...parts] = found.parts;
    found.read(...parts);
  }
}
