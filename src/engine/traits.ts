/** What is unusual about a kind as a whole. */
export interface Traits {
  /** It can have no owner mark: `observe` answers the one that it ought to have, which proves nothing of which one it is. */
  readonly ownerless?: true;
  /**
   * Its create call carries the owner mark, or it is `ownerless`: what a found resource bears tells by itself whether it is the stack's, and an
   * interrupted create leaves nothing that only the state knows of. Then its intent is recorded with all others of a run, before the first call.
   */
  readonly markedAtOnce?: true;
  /** Data is lost with it: a protected stack refuses to delete or to replace it. */
  readonly holdsData?: true;
  /**
   * An update can add first and remove later: with `updating.addOnly` it only adds. The engine calls it again, without, once everything else is
   * done, with the attributes that the first call answered: the old way serves until the new one does. A list: only where one of these changes.
   */
  readonly addsFirst?: true | readonly string[];
  /**
   * Others live by it without needing it by reference, such as a way out of a network: what is no longer in the config is deleted only once
   * everything else of the plan is done. Where a new resource of the kind needs its place (`unique`), it goes as early as any other.
   */
  readonly deletedLast?: true;
  /**
   * Nothing can use it before it is ready, not even by its id. Its `create` returns once it is, or says before that it is usable; where a create
   * was cut short, by the death of its run or a lost response, the engine waits for that.
   */
  readonly readyBeforeUse?: true;
  /** What it refers to can be deleted while its own delete is still at work: the engine goes on once that calls `deleting.released`. */
  readonly goesAlone?: true;
  /** Kinds that it refers to, by type, and that a teardown deletes without waiting for its own delete. */
  readonly deletedBeside?: readonly string[];
  /** Kinds that it refers to, by type, with which the provider deletes it: in a teardown it takes no call of its own. */
  readonly deletedWith?: readonly string[];
  /** The provider ends it by itself in time: why a plan creates one that the state records, in place of "deleted outside Fairlead". */
  readonly expires?: string;
}
