import type { ComponentChildren } from "preact";
import { signed } from "./words.ts";

/** Numbers that are seen first. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ what, value, more }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            {value}
            {more === undefined ? undefined : <small>{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export interface Fact {
  readonly what: string;
  readonly value: string;
  readonly more?: string | undefined;
}

/** A sentence, with the commands in it as such. */
export function Sentence({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

/** What nobody should miss; nothing where there is nothing to say. */
export function Alert({ title, lines, isWarning = false }: AlertProps) {
  if (lines.length === 0) return null;
  return (
    <section class={isWarning ? "alert warning" : "alert"}>
      <h2>{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line}>
            <Sentence text={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface AlertProps {
  readonly title: string;
  readonly lines: readonly string[];
  readonly isWarning?: boolean;
}

/** What else there is to know; nothing where there is nothing to say. */
export function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <>
      <h2>Notes</h2>
      <ul>
        {notes.map((note) => (
          <li key={note}>
            <Sentence text={note} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** A picture, which can be moved about where it is larger than the page. It is our own SVG, with every text in it escaped. */
export function Picture({ svg, of }: { readonly svg: string; readonly of: string }) {
  return (
    <div class="scroll drawing" role="region" aria-label={`The picture of ${of}, scrollable`} tabIndex={0}>
      <div dangerouslySetInnerHTML={{ __html: svg }} />
    </div>
  );
}

/** The sign and the name of an action. */
export function Sign({ action }: { readonly action: string }) {
  return <span class={`sign tone-${action}`}>{signed(action)}</span>;
}

/** A bar beside a number, which has the same to say. */
export function Bar({ part }: { readonly part: number }) {
  return (
    <svg class="bar" width="160" height="18" aria-hidden="true">
      <rect y="5" width={Math.max(1, Math.round(part * 160))} height="8" rx="1" />
    </svg>
  );
}

/** Lines, those that go and come in colours beside their signs. */
export function Diff({ lines }: { readonly lines: readonly string[] }) {
  return (
    <pre class="diff">
      {lines.map((line, index) => (
        <span key={index} class={classOf(line)}>
          {line}
        </span>
      ))}
    </pre>
  );
}

const classOf = (line: string): string | undefined =>
  line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : line.startsWith("@@") ? "at" : undefined;

/** What is folded away. */
export function Folded({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <details>
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}
