/** How a list is read page by page. */
export interface PageQuery {
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /**
   * How many items a page has at most; 100 unless told.
   *
   * @asType integer
   * @minimum 1
   * @maximum 1000
   */
  readonly limit?: number;
}

/** A list of one collection alone, where it names one. */
export interface CollectionQuery {
  readonly collection?: string;
}

/** For a write that is about what was seen. */
export interface IfVersion {
  /** The ETag that was seen: where it is another one now, nothing is done (412). */
  readonly 'if-match'?: string;
}

/** For a write of something that may not be there yet. */
export interface IfVersionOrNone extends IfVersion {
  /** `*`: only where nothing is there yet (412 otherwise). */
  readonly 'if-none-match'?: string;
}

/** For a write of an agent. */
export interface LeasedWrite extends IfVersionOrNone {
  /** Base64url of the canonical JSON `{"lease", "use"}`: what the agent writes under. */
  readonly 'sourcesync-lease'?: string;
}
