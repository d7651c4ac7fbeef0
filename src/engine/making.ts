/** The engine's side of a create. */
export interface Making<Attrs extends object = object> {
  /** The owner mark that it gets. */
  readonly owner: string;
  /** A client token that stays the same for the same resource of the same generation: at most 32 characters. */
  readonly token: string;
  /** A new secret of 40 letters and digits, for kinds that create one. */
  readonly secret: string;
  /**
   * Records the id; await it right after the create call. It is on disk before the resource counts as done; that it may exist was on disk before
   * the call. For an empty id it throws `UncertainAnswer`, so that the engine looks for the created resource.
   */
  created(id: string): Promise<void>;
  /**
   * Says that others may refer to it by these attributes, although settings are still written to it: what only refers to it begins, while
   * what is ordered after it waits until `create` has returned, as everything does without this. They are the attributes that `create`
   * answers. Call it after `created`, and only where no such setting matters to any of those: what has begun goes on where `create` fails,
   * and what has not is skipped.
   */
  usable(attrs: Attrs): void;
  /** Polls `look` for a create that the provider only accepts and reports later. Throws after five minutes; the next run continues, same token. */
  until<T>(look: () => Promise<T | undefined>): Promise<T>;
}

/** The engine's side of an update. */
export interface Updating {
  /** Reports to the user what the update found and did differently from the plan: a sentence, shown at once and in the report. */
  note(text: string): void;
  /** As in `Making`, for kinds that renew one. */
  readonly secret?: string;
  /** As in `Making`, for an update that the provider only accepts and reports later. */
  readonly until?: Making["until"];
  /** Remove nothing yet, see `Traits.addsFirst`. */
  readonly addOnly?: true;
}
