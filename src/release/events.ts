import type { Situation, Wait } from "./situation.ts";

/** What an approval is about, as far as it is known. */
export interface ApprovalSubject {
  readonly executionId: string;
  /** The pipeline's own words: what the reviewer is asked. */
  readonly message: string;
  /** The token that an answer needs; another approval has another one. */
  readonly token: string;
  /** The S3 version of the source, and what its uploader wrote beside it. */
  readonly source: Source;
  /** The image that would be deployed, with the digest that the registry knows it by. */
  readonly image: { readonly uri: string; readonly tag: string; readonly digest: string | undefined } | undefined;
  /** Milliseconds since the epoch: since when it has been waiting. */
  readonly since: number;
}

/** A version of the source archive; the last five are what `deploy` wrote as metadata, missing where something else uploaded it. */
export interface Source {
  /** The S3 version id. */
  readonly version: string;
  /** `sha256:` and 64 hexadecimal digits of the archive. */
  readonly digest: string | undefined;
  /** The commit that was checked out, with `-dirty` behind it where there were changes; where the folder is a git checkout. */
  readonly commit: string | undefined;
  readonly files: number | undefined;
  /** How many files differ from the release before. */
  readonly changed: number | undefined;
  /** `user@host`. */
  readonly by: string | undefined;
}

/** How many tasks one deployment of the service has. */
export interface Rollout {
  /** `family:revision`. */
  readonly revision: string;
  readonly running: number;
  readonly pending: number;
  readonly desired: number;
  readonly failed: number;
  /** ECS's word: `IN_PROGRESS`, `COMPLETED`, `FAILED`. */
  readonly state: string;
}

/** How a release ended. Only `live` is a success. */
export type Ending = "live" | "failed" | "rejected" | "superseded" | "stopped";

/** What is told while a release is followed. Times are milliseconds since the epoch. */
export type ReleaseEvent =
  | { readonly event: "found"; readonly executionId: string; readonly at: number }
  | { readonly event: "stage"; readonly stage: string; readonly status: string; readonly at: number }
  /** A line of the build's log. */
  | { readonly event: "log"; readonly line: string; readonly at: number }
  | { readonly event: "approval"; readonly subject: ApprovalSubject; readonly at: number }
  /** Another execution of the same source version, which was stopped. */
  | { readonly event: "twin"; readonly executionId: string; readonly at: number }
  /** It does not go on before something else has happened. */
  | { readonly event: "waits"; readonly wait: Wait; readonly situation: Situation; readonly at: number }
  | {
      readonly event: "tasks";
      /** The service, where a release deploys several. */
      readonly service?: string;
      /** The newest deployment first. */
      readonly rollouts: readonly Rollout[];
      /** Targets by the load balancer's word, such as `{ healthy: 2, draining: 1 }`. */
      readonly targets: Readonly<Record<string, number>>;
      readonly at: number;
    }
  /** An event of the service, in ECS's own words. */
  | { readonly event: "service"; readonly service?: string; readonly message: string; readonly at: number }
  | {
      readonly event: "ended";
      readonly ending: Ending;
      /** Why, where it is not live: AWS's own words. */
      readonly why: string | undefined;
      readonly at: number;
    };
