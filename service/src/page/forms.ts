import { CURRENCIES } from "../rates.ts";
import { escapeHtml } from "./escape.ts";

interface Field {
  name: string;
  label: string;
  value: string;
  kind: "text" | "number" | "area" | "choice";
  choices?: readonly string[];
}

interface Form {
  title: string;
  path: string;
  /** How the fields are sent: in the query, as a JSON object, or as one raw body; a form without fields sends nothing. */
  send?: "query" | "json" | "raw";
  fields: readonly Field[];
}

const CODES = CURRENCIES.map((currency) => currency.code);

const FORMS: readonly Form[] = [
  { title: "This service", path: "/api/info", fields: [] },
  { title: "Quote", path: "/api/quote", fields: [] },
  {
    title: "Currency",
    path: "/api/currency/convert",
    send: "query",
    fields: [
      { name: "amount", label: "Amount", value: "100", kind: "text" },
      { name: "from", label: "From", value: "USD", kind: "choice", choices: CODES },
      { name: "to", label: "To", value: "JPY", kind: "choice", choices: CODES },
    ],
  },
  {
    title: "Calculator",
    path: "/api/calculator",
    send: "json",
    fields: [
      operation(["add", "subtract", "multiply", "divide", "modulo", "power", "sqrt", "log"]),
      { name: "a", label: "a", value: "6", kind: "number" },
      { name: "b", label: "b (not for sqrt and log)", value: "7", kind: "number" },
    ],
  },
  {
    title: "Text",
    path: "/api/text-utils",
    send: "json",
    fields: [operation(["uppercase", "lowercase", "reverse", "trim", "count"]), text("Fair winds")],
  },
  {
    title: "Encoder",
    path: "/api/encoder",
    send: "json",
    fields: [
      operation(["base64-encode", "base64-decode", "hex-encode", "hex-decode", "url-encode", "url-decode"]),
      text("Fair winds"),
    ],
  },
  {
    title: "Echo",
    path: "/api/echo",
    send: "raw",
    fields: [{ name: "body", label: "JSON", value: '{"hello":"world"}', kind: "area" }],
  },
];

/** The forms of the page, one for each part of the API. */
export function formsHtml(): string {
  return FORMS.map(formHtml).join("\n");
}

function operation(choices: readonly string[]): Field {
  return { name: "operation", label: "Operation", value: choices[0] ?? "", kind: "choice", choices };
}

function text(value: string): Field {
  return { name: "text", label: "Text", value, kind: "area" };
}

function formHtml({ title, path, send, fields }: Form): string {
  return [
    `<form action="${escapeHtml(path)}"${send ? ` data-send="${send}"` : ""}>`,
    `<h2>${escapeHtml(title)}</h2>`,
    ...fields.map((field) => `<label>${escapeHtml(field.label)}${control(field)}</label>`),
    `<button>Send</button><output aria-live="polite"></output>`,
    `</form>`,
  ].join("\n");
}

function control({ name, value, kind, choices = [] }: Field): string {
  const named = `name="${escapeHtml(name)}"`;
  if (kind === "area") return `<textarea ${named}>${escapeHtml(value)}</textarea>`;
  if (kind === "choice") return `<select ${named}>${choices.map((choice) => option(choice, value)).join("")}</select>`;
  const type = kind === "number" ? `type="number" step="any"` : `type="text"`;
  return `<input ${type} ${named} value="${escapeHtml(value)}">`;
}

function option(choice: string, selected: string): string {
  return `<option${choice === selected ? " selected" : ""}>${escapeHtml(choice)}</option>`;
}
