import type { CommonService } from "./stack.ts";

type Volume = CommonService["volumes"][string];

/** Who reads and writes a volume's files; `undefined` where the container's user is a name, whose number only its image knows. */
export function volumeUser(
  { container }: Pick<CommonService, "container">,
  { uid, gid }: Volume,
): { readonly uid: number; readonly gid: number } | undefined {
  const [user = "", group] = container.user.split(":");
  const number = (text: string | undefined) =>
    text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  const own = uid ?? number(user);
  return own === undefined
    ? undefined
    : { uid: own, gid: gid ?? (uid === undefined ? number(group) : undefined) ?? own };
}
