import { dotOf } from "../../picture/dot.ts";
import { mermaidOf } from "../../picture/mermaid.ts";
import type { Picture } from "../../picture/picture.ts";
import { svgOf } from "../../picture/svg.ts";
import { answerJson } from "../answers/answer.ts";
import { answerView } from "../answer-view.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { declaredPicture } from "../declared-picture.ts";
import { declaredView, recordedStates } from "../recorded-view.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { inItsRegions } from "../regions.ts";
import { readStack } from "../session.ts";
import { stateDirectoryOf } from "../state-directory.ts";

/** The flags of `graph`. */
export interface GraphFlags extends CommonFlags {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly svg?: boolean;
  readonly resources?: boolean;
  /** No flag for users: answer with what the console shows before AWS has answered, for which the state file is read too. */
  readonly view?: boolean;
}

/** Prints the stack as a picture. Reads the config alone, and with `view` the state files: there is no call to AWS. */
export async function graph(flags: GraphFlags, context: CliContext): Promise<Exit> {
  const { terminal } = context;
  const given = (["mermaid", "dot", "svg"] as const).filter((format) => flags[format]);
  if (given.length + (flags.json ? 1 : 0) > 1)
    throw new UsageError(
      `${[...given, ...(flags.json ? ["json"] : [])].map((one) => `--${one}`).join(" and ")} exclude each other. Nothing was printed.`,
    );
  const stack = await readStack(flags, context);
  if (flags.view) {
    const stacks = await inItsRegions(stack, flags, context);
    const states = await recordedStates({
      stacks,
      target: flags.target,
      stateDirectory: stateDirectoryOf(flags, context.directory),
    });
    answerView(terminal, await declaredView(stack, states));
    return EXIT.done;
  }
  const picture = declaredPicture(stack, flags.resources);
  if (flags.json) answerJson(terminal, "picture", picture);
  else terminal.answer((await textOf(picture, given[0])).trimEnd());
  return EXIT.done;
}

function textOf(picture: Picture, format: "mermaid" | "dot" | "svg" = "mermaid"): string | Promise<string> {
  if (format === "svg") return svgOf(picture);
  return format === "dot" ? dotOf(picture) : mermaidOf(picture);
}
