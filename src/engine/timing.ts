/** How long the provider usually takes, in seconds. */
export interface Timing {
  /** Until it is ready: the engine polls `observe` after create and update until it says so. */
  readonly ready?: number;
  /** Until it is gone: the engine polls after delete until `observe` answers `undefined`. */
  readonly gone?: number;
  /**
   * Until reads answer what was written: the engine polls after create and update until `observe` does; otherwise the next plan would take
   * the values from before for drift.
   */
  readonly consistent?: number;
  /** After an edit: until no one uses the values from before any more, such as answers of the DNS. It is not ready before. */
  readonly cached?: number;
  /** The longest time for which `observe` may miss what was just created; 5 where left out. */
  readonly listed?: number;
}
