// Amazon ECR user guide, "Automate the cleanup of images by using lifecycle policies": rules are applied by priority; "an image that matches
// the tagging requirements of a rule can't be expired by a rule with a lower priority"; what is to expire does so within 24 hours. With
// `imageCountMoreThan` images are sorted by the time of their push, the youngest first.
import { expiringAt } from "../ended-records.ts";
import { earliest } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { imageKey, images, repositories, type SimImage } from "./records.ts";

const DAY = 86_400_000;
/** Milliseconds from the moment at which an image is one too many until it goes. */
const WITHIN = DAY / 2;

interface Rule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countNumber: number;
  };
}

function matches({ selection: { tagStatus, tagPrefixList = [] } }: Rule, { tags }: SimImage): boolean {
  if (tagStatus === "any") return true;
  if (tagStatus === "untagged") return tags.length === 0;
  return tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
}

/** When each image of a repository expires, as things are now; an image that stays has none. */
function expiries(policy: string, all: readonly SimImage[], now: number): Map<SimImage, number> {
  const { rules = [] } = JSON.parse(policy) as { rules?: Rule[] };
  const left = new Set(all);
  const expire = new Map<SimImage, number>();
  for (const rule of rules.toSorted((one, other) => one.rulePriority - other.rulePriority)) {
    const { countType, countNumber } = rule.selection;
    const own = [...left].filter((image) => matches(rule, image)).toSorted((a, b) => b.pushedAt - a.pushedAt);
    for (const image of own) left.delete(image);
    if (countType === "sinceImagePushed")
      for (const image of own) expire.set(image, image.pushedAt + countNumber * DAY + WITHIN);
    else for (const image of own.slice(countNumber)) expire.set(image, now + WITHIN);
  }
  return expire;
}

/** Looks again which images of a repository are to expire, after anything has changed there. */
export function reviewImages(sim: Sim, repository: string): void {
  const policy = repositories(sim)[repository]?.lifecycle;
  const all = Object.values(images(sim)).filter((image) => image.repository === repository);
  const due = policy === undefined ? undefined : expiries(policy, all, sim.now);
  for (const image of all) {
    const at = due?.get(image);
    const after = at === undefined ? undefined : Math.min(at, image.expiresAt ?? at);
    images(sim)[imageKey(repository, image.digest)] = expiringAt(image, after);
  }
}

/** When the next image expires. */
export const nextExpiry = (sim: Sim): number => earliest(images(sim), ({ expiresAt }) => expiresAt);

/** Takes away what has expired by now. */
export function expireImages(sim: Sim): void {
  for (const key of Object.keys(images(sim))) {
    const image = images(sim)[key];
    if (!image || (image.expiresAt ?? Number.POSITIVE_INFINITY) > sim.now) continue;
    delete images(sim)[key];
    reviewImages(sim, image.repository);
  }
}
