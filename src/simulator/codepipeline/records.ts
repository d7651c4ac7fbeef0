import type {
  ActionDeclaration,
  ActionExecutionStatus,
  ErrorDetails,
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
} from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import type { Refusal } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

/** The way into a stage, as someone left it. */
export interface SimTransition {
  enabled: boolean;
  reason?: string;
  by: string;
  at: number;
}

/** A pipeline of the simulated world. */
export interface SimPipeline {
  name: string;
  arn: string;
  declaration: PipelineDeclaration;
  version: number;
  tags: SimTags;
  /** The transitions that someone has disabled or enabled, by the stage that they lead into. */
  transitions?: Record<string, SimTransition>;
  createdAt: number;
  updatedAt: number;
}

/** What the source of an execution is. */
export interface SimRevision {
  action: string;
  bucket: string;
  key: string;
  /** The version of the object. */
  id: string;
  createdAt: number;
}

/** What an action hands on, or is given: the files that were made, or the bytes of the source by what identifies them. */
export interface SimArtifact {
  name: string;
  key: string;
  files: Record<string, string>;
}

/** One action of one execution. */
export interface SimAction {
  id: string;
  stage: string;
  name: string;
  status: ActionExecutionStatus;
  startAt: number;
  updatedAt: number;
  /** When it has to be looked after again; left out where only someone's answer, or nothing, moves it. */
  dueAt?: number;
  /** What an approval has to be answered with. */
  token?: string;
  /** The build's id, or the deployment's. */
  externalId?: string;
  summary?: string;
  error?: ErrorDetails;
  /** Who answered. */
  by?: string;
  outputs: SimArtifact[];
}

/** One run of a pipeline. */
export interface SimExecution {
  id: string;
  pipeline: string;
  /** The pipeline as it was when the run started. */
  declaration: PipelineDeclaration;
  version: number;
  status: PipelineExecutionStatus;
  trigger: ExecutionTrigger;
  startAt: number;
  updatedAt: number;
  /** What it was started with: the same token starts no second one. */
  token?: string;
  /** From when on CodePipeline knows it where it is asked for executions. */
  visibleAt: number;
  /** In which order runs started, which the same moment does not return. */
  number: number;
  /** The stage that it is in, or waits for, and which of the groups of actions in it that run at the same time. */
  stage: number;
  action: number;
  /** Since when it waits for its stage to be free, or for the transition into it. */
  waitingSince?: number;
  /** It waited at a transition that was disabled for so long that enabling it does not let it go on. */
  isStranded?: boolean;
  actions: SimAction[];
  revision?: SimRevision;
  /** Who wants it stopped, and when that is reached, where nothing has to be waited for. */
  stop?: { abandon: boolean; reason: string; at?: number };
}

/** The pipelines by name. */
export const pipelines = (sim: Sim) => sim.table<SimPipeline>("codepipeline.pipelines");

/** The executions by id. */
export const executions = (sim: Sim) => sim.table<SimExecution>("codepipeline.executions");

export const missingPipeline = (name: string | undefined, sim: Sim): Refusal => [
  "PipelineNotFoundException",
  `Account '${sim.account}' does not have a pipeline with name '${name}'`,
];

/** The pipeline `name`, or CodePipeline's refusal where there is none. */
export const pipelineOf = (sim: Sim, name: string | undefined): SimPipeline =>
  pipelines(sim)[name ?? ""] ?? refuse(...missingPipeline(name, sim));

/** A pipeline's executions, the latest first. */
export const executionsOf = (sim: Sim, pipeline: string): SimExecution[] =>
  Object.values(executions(sim))
    .filter((execution) => execution.pipeline === pipeline)
    .toSorted((one, other) => other.number - one.number);

/**
 * The actions of a stage in the order in which they run: those with the same `runOrder` at the same time (CodePipeline user guide,
 * "Action declaration": "To specify parallel actions, use the same integer for each action you want to run in parallel").
 */
export function groupsOf({ stages = [] }: PipelineDeclaration, stage: number): ActionDeclaration[][] {
  const groups = new Map<number, ActionDeclaration[]>();
  for (const action of stages[stage]?.actions ?? []) {
    const { runOrder = 1 } = action;
    groups.set(runOrder, [...(groups.get(runOrder) ?? []), action]);
  }
  return [...groups].toSorted(([one], [other]) => one - other).map(([, group]) => group);
}

/** An action of a stage as it is declared. */
export const declaredIn = ({ declaration }: SimExecution, { stage, name }: SimAction): ActionDeclaration | undefined =>
  declaration.stages?.find((one) => one.name === stage)?.actions?.find((one) => one.name === name);

/** The artifact that an action reads, as an earlier one made it. */
export const inputOf = (execution: SimExecution, { inputArtifacts = [] }: ActionDeclaration): SimArtifact | undefined =>
  execution.actions.flatMap(({ outputs }) => outputs).findLast(({ name }) => name === inputArtifacts[0]?.name);
