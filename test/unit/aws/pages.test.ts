import { describe, expect, it } from "vitest";
import { everyPage, type Page } from "../../../src/aws/pages.ts";

/** Reads `pages` by the token that each is found under, and notes the tokens. */
function reading(pages: readonly (Page<string> & { readonly token?: string })[]) {
  const asked: (string | undefined)[] = [];
  const read = async (token: string | undefined): Promise<Page<string>> => {
    asked.push(token);
    const page = pages.find((candidate) => candidate.token === token);
    if (!page) throw new Error(`no page ${token}`);
    return page;
  };
  return { asked, read };
}

describe("every page of a list", () => {
  it("is one page where nothing follows", async () => {
    const { asked, read } = reading([{ items: ["a", "b"], next: undefined }]);
    expect(await everyPage(read)).toEqual(["a", "b"]);
    expect(asked).toEqual([undefined]);
  });

  it("is read in order, each from where the page before it ended", async () => {
    const { asked, read } = reading([
      { items: ["a"], next: "2" },
      { token: "2", items: ["b", "c"], next: "3" },
      { token: "3", items: ["d"], next: undefined },
    ]);
    expect(await everyPage(read)).toEqual(["a", "b", "c", "d"]);
    expect(asked).toEqual([undefined, "2", "3"]);
  });

  it("continues after an empty page", async () => {
    const { read } = reading([
      { items: [], next: "2" },
      { token: "2", items: undefined, next: "3" },
      { token: "3", items: ["a"], next: undefined },
    ]);
    expect(await everyPage(read)).toEqual(["a"]);
  });

  it("ends at an empty token, and holds nothing where nothing is there", async () => {
    const { asked, read } = reading([{ items: undefined, next: "" }]);
    expect(await everyPage(read)).toEqual([]);
    expect(asked).toEqual([undefined]);
  });

  it("throws where a page cannot be read, and hands out no part of the list", async () => {
    const { read } = reading([{ items: ["a"], next: "2" }]);
    await expect(everyPage(read)).rejects.toThrow("no page 2");
  });

  it("throws if a page token repeats", async () => {
    const { read } = reading([
      { items: ["a"], next: "2" },
      { token: "2", items: ["b"], next: "3" },
      { token: "3", items: ["c"], next: "2" },
    ]);
    await expect(everyPage(read)).rejects.toThrow("AWS's list does not end: page 2 points to itself. Run again.");
  });

  it("throws where there is always another page", async () => {
    let asked = 0;
    const read = async () => ({ items: ["a"], next: `token ${++asked}` });
    await expect(everyPage(read)).rejects.toThrow(
      "AWS's list does not end: there are more than 1000 pages. Run again.",
    );
    expect(asked).toBe(1000);
  });
});
