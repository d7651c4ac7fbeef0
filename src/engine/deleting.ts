/** The engine's side of a delete, for kinds whose delete can take many calls. */
export interface Deleting {
  /** Lets go of what the resource refers to: whatever waited for its delete, such as its roles, is deleted from now on. */
  released(): void;
  /**
   * To be called before each of many calls: throws where the run is to stop, and the next run deletes what is left. `status` is shown, beside how
   * many seconds the delete takes altogether.
   */
  step(status?: string, seconds?: number): void;
}
