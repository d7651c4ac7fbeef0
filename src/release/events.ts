import type { Situation, Wait } from "./situation.ts";

/** The subject of an approval, as far as known. */
export interface ApprovalSubject {
  readonly executionId: string;
  /** The pipeline's message to the reviewer. */
  readonly message: string;
  /** The token required for an answer; unique per approval. */
  readonly token: string;
  /** The S3 version of the source, with its metadata. */
  readonly source: Source;
  /** The images to be deployed, with their digests in the registry; empty if the build does not say which. */
  readonly images: readonly { readonly uri: string; readonly tag: string; readonly digest: string | undefined }[];
  /** The scans of those images, if the stack has them scanned. */
  readonly scans: readonly ImageScan[];
  /** When it started waiting, in milliseconds since the epoch. */
  readonly since: number;
}

/** The scan of an image for known vulnerabilities. */
export interface ImageScan {
  readonly image: string;
  /** Findings by severity, in ECR's words; missing without a result. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Why there is no result: the end of a sentence. */
  readonly why?: string;
  /** The command that lists the findings. */
  readonly command: string;
}

/** A version of the source archive; the last five are metadata written by `deploy`, missing if it was uploaded by other means. */
export interface Source {
  /** The S3 version id. */
  readonly version: string;
  /** `sha256:` and 64 hexadecimal digits of the archive. */
  readonly digest: string | undefined;
  /** The checked-out commit, with the suffix `-dirty` if there were changes; only in a git checkout. */
  readonly commit: string | undefined;
  readonly files: number | undefined;
  /** How many files differ from the previous release. */
  readonly changed: number | undefined;
  /** `user@host`. */
  readonly by: string | undefined;
}

/** Task counts of one deployment of the service. */
export interface Rollout {
  /** `family:revision`. */
  readonly revision: string;
  readonly running: number;
  readonly pending: number;
  readonly desired: number;
  readonly failed: number;
  /** ECS's rollout state: `IN_PROGRESS`, `COMPLETED`, `FAILED`. */
  readonly state: string;
}

/** How a release ended. Only `live` is a success. */
export type Ending = "live" | "failed" | "rejected" | "superseded" | "stopped";

/** Events while a release is followed. Times are milliseconds since the epoch. */
export type ReleaseEvent =
  | { readonly event: "found"; readonly executionId: string; readonly at: number }
  | { readonly event: "stage"; readonly stage: string; readonly status: string; readonly at: number }
  /** A line of the build's log, or of what a step of the release wrote. */
  | { readonly event: "log"; readonly line: string; readonly isStep?: true; readonly at: number }
  | { readonly event: "approval"; readonly subject: ApprovalSubject; readonly at: number }
  /** A duplicate execution of the same source version, which was stopped. */
  | { readonly event: "twin"; readonly executionId: string; readonly at: number }
  /** It waits for something else. */
  | { readonly event: "waits"; readonly wait: Wait; readonly situation: Situation; readonly at: number }
  | {
      readonly event: "tasks";
      /** The service, if a release deploys several. */
      readonly service?: string;
      /** Newest deployment first. */
      readonly rollouts: readonly Rollout[];
      /** Target counts by state, such as `{ healthy: 2, draining: 1 }`. */
      readonly targets: Readonly<Record<string, number>>;
      readonly at: number;
    }
  /** A service event of ECS. */
  | { readonly event: "service"; readonly service?: string; readonly message: string; readonly at: number }
  | {
      readonly event: "ended";
      readonly ending: Ending;
      /** The reason if it is not live: AWS's message. */
      readonly why: string | undefined;
      readonly at: number;
    };
