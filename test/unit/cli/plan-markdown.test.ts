import { describe, expect, it } from "vitest";
import type { Aws } from "../../../src/aws/aws.ts";
import { Queue } from "../../../src/aws/sqs/queue.ts";
import { failureMarkdown, planMarkdown, type MarkdownPlan } from "../../../src/cli/plan-markdown.ts";
import type { Action, Plan } from "../../../src/engine/action.ts";

const ACTION: Action<Aws> = {
  id: "a/queue",
  kind: Queue,
  action: "update",
  why: undefined,
  differences: [],
  order: undefined,
  observed: { id: "q-1", attrs: {}, spec: {}, ready: true, owner: undefined },
  known: undefined,
  node: undefined,
  foreign: [],
};
const field = (old: unknown, wanted: unknown, path = "policy") =>
  ({ path, old, new: wanted, cause: "change", replaces: false }) as const;
const commentOf = (plan: Partial<Plan<Aws>>, more: Partial<MarkdownPlan> = {}) =>
  planMarkdown(
    [
      {
        stack: "shop prod",
        headline: "shop prod on AWS, account 123456789012, region eu-west-1",
        plan: { actions: [], old: [], problems: [], ...plan },
        style: {},
        costLine: "Estimated cost: 10.00 US dollars a month.",
        costLines: [],
        notes: [],
        waiting: [],
        ...more,
      },
    ],
    "npx fairlead plan --target aws",
  );

/** What GitHub takes for text, where it looks for mentions: all but what is in fences. Fails where a fence does not end. */
function outsideFences(comment: string): string {
  let fence: string | undefined;
  const rest = comment.split("\n").filter((line) => {
    const [, ticks, after = ""] = /^ {0,3}(`{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) {
      if (ticks !== undefined) fence = ticks;
      return ticks === undefined;
    }
    if (ticks !== undefined && ticks.length >= fence.length && after.trim() === "") fence = undefined;
    return false;
  });
  expect(fence).toBeUndefined();
  return rest.join("\n");
}

describe("a plan as a comment", () => {
  it("has counts, what interrupts, what is replaced, the drift and the cost, and a folded block for each resource", () => {
    const comment = commentOf(
      {
        actions: [
          { ...ACTION, differences: [{ ...field(30, 60, "visibilityTimeout"), cause: "drift" }] },
          {
            ...ACTION,
            id: "a/other",
            action: "replace",
            differences: [field(["a", "b"], ["b", "c"], "items")],
            why: "failed",
            interrupts: { seconds: 40, why: "tasks start" },
          },
        ],
        old: [
          {
            id: "a/old",
            kind: Queue,
            generation: { id: "q-0", token: "", spec: {}, attrs: {}, needs: [] },
            observed: undefined,
          },
        ],
        leftovers: [{ type: "sqs/queue", id: "q-9", why: "has messages" }],
      },
      { notes: ["A note."], costLines: ["Cost per month"], waiting: ["", "A release waits."] },
    );
    expect(comment).toBe(`### Plan of shop prod: 1 to update, 1 to replace, 1 to delete; 0 unchanged

shop prod on AWS, account 123456789012, region eu-west-1

- **Interrupts traffic:** about 40 s. a/other: tasks start.
- **Replaces 1 resource:** a/other.
- **Drift:** 1 resource changed outside Fairlead.
- Estimated cost: 10.00 US dollars a month.
- Note: A note.
- A release waits.

<details><summary>delete <b>a/old</b> (sqs/queue)</summary>

\`\`\`diff
q-0, replaced by an earlier run
\`\`\`

</details>
<details><summary>replace <b>a/other</b> q-1 (sqs/queue): must be replaced (created before the old one is deleted): failed</summary>

\`\`\`diff
items:
- "a"
+ "c"
  (1 unchanged)
\`\`\`

</details>
<details><summary>update <b>a/queue</b> q-1 (sqs/queue)</summary>

\`\`\`diff
visibilityTimeout: 30 -> 60  (drift)
\`\`\`

</details>
<details><summary>keep <b>q-9</b> (sqs/queue)</summary>

\`\`\`diff
It has messages
\`\`\`

</details>
<details><summary>The estimated cost</summary>

\`\`\`diff
Cost per month
\`\`\`

</details>`);
  });

  it("is ended, folded out or made to call people by nothing that is in it", () => {
    const evil =
      "x\n`````\n</details><img src=x onerror=alert(1)>\n@octo-org/everybody #1 **bold** [link](http://x)\u202e\u001b[2J";
    const text = outsideFences(
      commentOf(
        {
          actions: [
            {
              ...ACTION,
              id: evil,
              why: evil,
              observed: { ...ACTION.observed, id: evil, attrs: {}, spec: {}, ready: true, owner: undefined },
              differences: [field("one\n", evil)],
            },
          ],
          problems: [evil],
          leftovers: [{ type: evil, id: evil, why: evil }],
        },
        { notes: [evil], waiting: [evil], stack: evil, headline: evil },
      ),
    );
    expect(text).not.toMatch(/@octo|#1|(?<!\\)<img|\u202e/);
    expect(text).not.toContain("\u001b");
    // Markdown is not read in the line of a tag.
    const markdown = text.split("\n").filter((line) => !line.startsWith("<details>"));
    expect(markdown.join("\n")).not.toMatch(/(?<!\\)(?:\*\*bold|\[link|`{3})/);
    const tags = text.match(/(?<!\\)<[^>]*>/g) ?? [];
    expect(new Set(tags)).toEqual(new Set(["<details>", "<summary>", "<b>", "</b>", "</summary>", "</details>"]));
    expect(tags.filter((tag) => tag === "<details>")).toHaveLength(2);
    expect(tags.filter((tag) => tag === "</details>")).toHaveLength(2);
    outsideFences(failureMarkdown([evil]));
  });

  it("leaves out whole resources where GitHub would refuse the comment, what is lost last", () => {
    const long = (name: string) => field("a", `${name} ${"é".repeat(4_000)}`);
    const actions = Array.from({ length: 40 }, (_, index) => ({
      ...ACTION,
      id: `a/${index}`,
      differences: [long("x")],
    }));
    const lost: Action<Aws> = { ...ACTION, id: "a/lost", action: "delete", differences: [] };
    const comment = commentOf(
      { actions: [...actions, lost], problems: Array.from({ length: 50 }, () => "p".repeat(1_000)) },
      { style: { full: true } },
    );
    expect(Buffer.byteLength(comment)).toBeLessThan(65_536);
    expect(Buffer.byteLength(comment)).toBeGreaterThan(45_000);
    expect(comment).toContain("<b>a/lost</b>");
    expect(comment).toMatch(/\n- 3\d more lines\n/);
    const shown = comment.match(/<summary>/g)?.length ?? 0;
    expect(
      comment.endsWith(
        `\n${41 - shown} resources of 41 are not shown here, because a comment on GitHub can have 65,536 characters. To see all of them: \`npx fairlead plan --target aws\``,
      ),
    ).toBe(true);
    outsideFences(comment);
  });

  it("says that there is nothing to do, and that a plan could not be made", () => {
    expect(commentOf({ actions: [{ ...ACTION, action: "noop" }] })).toMatch(
      /^### Plan of shop prod: No changes\. 1 resource matches the config\n/,
    );
    expect(failureMarkdown(["Error: denied.", "To mend it: ask."])).toBe(
      "### The plan failed\n\n```\nError: denied.\nTo mend it: ask.\n```",
    );
  });
});
