/** Where a state lies that is contended for. */
export type Place = { readonly path: string } | PlaceInS3;

export interface PlaceInS3 {
  readonly bucket: string;
  readonly stack: string;
  /** Of the S3, on loopback. */
  readonly endpoint: string;
}

/** When a contender ends itself as `kill -9` does: while or after it does something. */
export type Death = "taking" | "inside" | "writing" | "written" | "recording" | "recorded" | "leaving";

/** One turn of one contender. */
export interface Task {
  readonly place: Place;
  /** A dead holder's lock has to be taken away: nobody can look at its process. */
  readonly shared: boolean;
  /** The name of the resource that it adds, and the command of the run that it records. */
  readonly name: string;
  /** The file in which everybody notes what is done inside the lock. */
  readonly log: string;
  readonly dies: Death | undefined;
  /** How many turns of the event loop something is under way before it dies of it. */
  readonly turns: number;
}
