import { isTagged } from "../engine/fields.ts";
import type { Look, Observed } from "../engine/resource-kind.ts";
import { certainly } from "./after-loss.ts";
import type { Arn, Aws, AwsKind } from "./aws.ts";
import type { ClientClass, ClientPlace } from "./sdk-client.ts";
import { ownerOf, type Tags } from "./tags.ts";
import { Unsimulated } from "./unsimulated.ts";

/** What a kind answers of a resource: where tags tell its owner, it says the owner itself only where they do not tell all. */
type Answer<Spec extends object, Attrs extends object> = Omit<Observed<Spec, Attrs>, "owner"> &
  (Spec extends { tags: Tags } ? { readonly owner?: string | undefined } : { readonly owner: string | undefined });

/** A kind, without what follows from its fields. */
type Declared<Spec extends object, Attrs extends object> = Omit<AwsKind<Spec, Attrs>, "observe"> & {
  observe(aws: Aws, look: Look<Spec>): Promise<Answer<Spec, Attrs> | undefined>;
};

/** A kind of AWS resource. With a field `tags`, the scope's owner tags go into it, and they tell whose a resource is. */
export function defineKind<Spec extends object, Attrs extends object>(
  kind: Declared<Spec, Attrs>,
): AwsKind<Spec, Attrs> {
  // Configs are run without being type-checked.
  if (!Object.hasOwn(kind, "fields"))
    throw new TypeError(`The resource kind ${kind.type} has no fields. Give it a row for every field of its spec.`);
  const { list } = kind;
  // The same for all calls of a run: what a kind reads once is kept by it.
  const known = new WeakMap<Aws, Aws>();
  const own = (aws: Aws): Aws => {
    const bound = known.get(aws) ?? calledBy(kind, aws);
    known.set(aws, bound);
    return bound;
  };
  return {
    ...kind,
    async observe(aws, look) {
      const seen = await kind.observe(own(aws), look);
      return seen && { ...seen, owner: "owner" in seen || !isTagged(kind) ? seen.owner : ownerOf(tagsOf(seen.spec)) };
    },
    ...(list ? { list: (aws, ids, snapshot) => list.call(kind, own(aws), ids, snapshot) } : {}),
    create: (aws, spec, making) => certainly(() => kind.create(own(aws), spec, making)),
    update: (aws, observed, spec, changed, updating) =>
      certainly(() => kind.update(own(aws), observed, spec, changed, updating)),
    delete: (aws, observed, deleting) => certainly(() => kind.delete(own(aws), observed, deleting)),
  };
}

/** `aws` for one kind: an error about a client of its own names the kind. */
function calledBy({ type }: { readonly type: string }, aws: Aws): Aws {
  const client = <Client>(Class: ClientClass<Client>, place?: ClientPlace) => {
    try {
      return aws.client(Class, place);
    } catch (error) {
      throw error instanceof Unsimulated ? new Unsimulated(error.service, type) : error;
    }
  };
  return { ...aws, client };
}

const tagsOf = (spec: object): Tags => ("tags" in spec ? ((spec.tags as Tags | undefined) ?? {}) : {});

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
