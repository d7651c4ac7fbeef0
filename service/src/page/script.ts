/**
 * The script of the page: it sends each form to the API and shows the response with textContent, so no response is ever
 * parsed as HTML.
 */
export const SCRIPT = `
"use strict";

function target(form) {
  const url = new URL(form.action);
  const fields = Object.fromEntries(new FormData(form));
  if (form.dataset.send === "query") {
    url.search = new URLSearchParams(fields).toString();
    return [url, {}];
  }
  if (form.dataset.send === undefined) return [url, {}];
  for (const input of form.querySelectorAll("input[type=number]")) fields[input.name] = input.valueAsNumber;
  const body = form.dataset.send === "raw" ? fields.body : JSON.stringify(fields);
  return [url, { method: "POST", headers: { "content-type": "application/json" }, body }];
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const output = form.querySelector("output");
  try {
    const response = await fetch(...target(form));
    const answer = await response.json();
    output.className = response.ok ? "good" : "bad";
    output.textContent = response.ok ? JSON.stringify(answer, null, 2) : answer.message;
  } catch {
    output.className = "bad";
    output.textContent = "The service did not answer.";
  }
}

for (const form of document.forms) form.addEventListener("submit", send);
`;
