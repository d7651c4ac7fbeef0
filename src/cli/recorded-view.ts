// The stack as its last run left it, for people to look at before AWS has answered.
import { kindOf } from "../aws/kinds.ts";
import { secretFields } from "../engine/fields.ts";
import { HIDDEN, masked } from "../masking.ts";
import { panelOf, type DeclaredView, type RecordedStack } from "../page/data.ts";
import { pictureOf, USERS, type Mark } from "../picture/picture.ts";
import { svgInPage } from "../picture/svg.ts";
import type { DeclaredStack } from "../../reconcilers/topology.ts";
import { isEmpty, type ResourceState, type State } from "../../state/state.ts";
import { declaredPicture } from "./declared-picture.ts";
import { isShared, localStore } from "./stores.ts";
import type { TargetName } from "./target.ts";

/** Where a stack's state is: the stack in each of its regions, and the folder of the states. */
export interface RecordedIn {
  readonly stacks: readonly DeclaredStack[];
  readonly target: TargetName;
  readonly stateDirectory: string;
}

/**
 * The states of the stack that lie in files and record something. Whatever is wrong with another one, such as a damaged file, is told by the plan,
 * which reads it too. A state in S3 is not among them: reading it takes as long as the first answers about the stack.
 */
export async function recordedStates({ stacks, target, stateDirectory }: RecordedIn): Promise<State[]> {
  const found = stacks.map(async (stack) => {
    if (isShared(stack, target)) return [];
    const read = (await localStore(stateDirectory, stack, target)).read();
    const state = await read.catch(() => undefined);
    return state && !isEmpty(state) && isOf(state, stack, target) ? [state] : [];
  });
  return (await Promise.all(found)).flat();
}

const isOf = (state: State, { stackName, name, environment, region }: DeclaredStack, target: TargetName): boolean =>
  state.target === target &&
  state.region === region &&
  state.stack === stackName &&
  (state.name ?? name) === name &&
  (state.environment ?? environment) === environment;

/** `kinds` are those of its config. */
async function recordedStack(
  state: State,
  kinds: DeclaredStack["kinds"] = [],
  isDrawn: boolean,
): Promise<RecordedStack> {
  const { stack, region, resources } = state;
  return {
    name: stack,
    region,
    ...(isDrawn && { picture: await recordedPicture(state) }),
    resources: Object.entries(resources).map(([id, one]) => ({
      id,
      type: one.type,
      ...(one.id === undefined ? {} : { existing: one.id }),
      recorded: shown(one, kinds),
      needs: [...new Set(one.needs.map(({ to }) => to))],
    })),
  };
}

function recordedPicture({ stack, region, resources }: State): Promise<string> {
  const picture = pictureOf(
    `${stack} in ${region}`,
    Object.entries(resources).map(([id, { type, spec, needs }]) => ({
      id,
      kind: { type },
      spec,
      edges: needs,
      uses: needs.map(({ to }) => to),
    })),
  );
  return svgInPage(picture, {
    marks: new Map(picture.things.flatMap(({ id }): [string, Mark][] => markOf(id, resources[id]))),
    hrefOf: (id) => (id === USERS.id ? undefined : panelOf(region, id)),
    name: `recorded-${region}`,
  });
}

/**
 * How many recorded resources are drawn. Finding the places of more takes seconds, and AWS has answered before them if the machine is not kept busy
 * with that.
 */
const MOST_DRAWN = 200;

/** What the console shows of a stack before AWS has answered. */
export async function declaredView(stack: DeclaredStack, states: readonly State[]): Promise<DeclaredView> {
  const isDrawn = states.reduce((sum, { resources }) => sum + Object.keys(resources).length, 0) <= MOST_DRAWN;
  const recorded = await Promise.all(states.map((state) => recordedStack(state, stack.kinds, isDrawn)));
  return { declared: declaredPicture(stack), recorded };
}

/** In words and a colour that claim nothing of how it is now. */
function markOf(id: string, resource: ResourceState | undefined): [string, Mark][] {
  if (!resource) return [];
  const text = { created: "recorded", creating: "create not finished", deleting: "delete not finished" } as const;
  return [[id, { text: text[resource.status], tone: resource.status === "created" ? "recorded" : "warning" }]];
}

function shown({ type, spec }: ResourceState, kinds: NonNullable<DeclaredStack["kinds"]>): unknown {
  const kind = kindOf(type) ?? kinds.find((own) => own.type === type);
  const secrets = new Set<string>(kind ? secretFields(kind) : []);
  return Object.fromEntries(
    Object.entries(spec).map(([field, value]) => [field, secrets.has(field) ? HIDDEN : masked(value, field)]),
  );
}
