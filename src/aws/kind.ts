import type { Kind, Observed, Look } from "../engine/kind.ts";
import type { Arn, Aws, AwsKind } from "./aws.ts";
import { ownerOf, type Tags } from "./tags.ts";

/** What a kind answers of a resource whose tags tell its owner; it says the owner itself only where they do not tell all. */
type Tagged<Spec extends object, Attrs extends object> = Omit<Observed<Spec, Attrs>, "owner"> & {
  readonly owner?: string | undefined;
};

/** A kind whose resources bear tags, without what follows from that. */
type Declared<Spec extends object, Attrs extends object> = Omit<AwsKind<Spec, Attrs>, "tagged" | "observe"> & {
  observe(aws: Aws, look: Look<Spec>): Promise<Tagged<Spec, Attrs> | undefined>;
};

/** A kind of AWS resource that bears tags: the scope's owner tags go into them, and they tell whose a resource is. */
export function taggedKind<Spec extends { tags: Tags }, Attrs extends object>(
  kind: Declared<Spec, Attrs>,
): AwsKind<Spec, Attrs> {
  const observe: Kind<Spec, Attrs, Aws>["observe"] = async (aws, look) => {
    const seen = await kind.observe(aws, look);
    return seen && { ...seen, owner: "owner" in seen ? seen.owner : ownerOf(seen.spec.tags ?? {}) };
  };
  return { ...kind, tagged: true, observe };
}

/** For `inventory.idIn` of kinds whose id is what follows `<type>/` in the ARN, which for ECS services is `<cluster>/<name>`. */
export const afterSlash =
  (service: string, type: string) =>
  (arn: Arn): string | undefined =>
    arn.service === service && arn.resource.startsWith(`${type}/`) ? arn.resource.slice(type.length + 1) : undefined;

/** For `inventory.idIn` of kinds whose id is the ARN itself. */
export const wholeArn =
  (service: string, type: string) =>
  (arn: Arn): string | undefined =>
    arn.service === service && arn.resource.startsWith(`${type}/`) ? arn.text : undefined;
