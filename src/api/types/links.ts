/** A linked folder, as `status` shows it. */
export interface FolderBody {
  /** Absolute path of the root. */
  readonly path: string;
  readonly engineId: string;
  readonly collection: string;
  /** scanning: it is read whole for the first time. paused: what lies at the path is not the linked folder. */
  readonly state: 'following' | 'paused' | 'scanning';
  /** In words; null while it is not paused. */
  readonly pausedReason: string | null;
  readonly pausedSince: string | null;
  /** It is paused because another workspace serves its collection here: nothing is wrong with it. */
  readonly rests: boolean;
  /** Files that are in step with their records; where it rests, those that were when it was last followed. */
  readonly files: number;
  /** Of one that rests nothing is looked at: that none is named here says nothing then. */
  readonly notInStep: NotInStepBody;
  readonly lastScanAt: string | null;
}

export interface NotInStepBody {
  readonly count: number;
  /** The first three, in words, and what ends it. */
  readonly first: readonly { readonly path: string; readonly reason: string; readonly remedy: string }[];
  /** One of them has stood for a minute, or no waiting ends it. */
  readonly isLasting: boolean;
}

/** A linked folder with all that is to be said of its files. */
export interface LinkBody extends FolderBody {
  readonly root: string;
  /** False where changes are found by the regular look alone. */
  readonly watching: boolean;
  readonly problems: readonly LinkProblemBody[];
  /** Changes of the collection wait for a word: until then files may differ from those of other devices. */
  readonly waits: boolean;
}

export interface LinkProblemBody {
  /** Below the root; empty for the root itself. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly since: string;
  /** The file and its record differ. */
  readonly isOutOfStep: boolean;
}

/** What holds for a linked folder: the rules and limits that decide what is synced. */
export interface LinkShowBody extends LinkBody {
  readonly maximumFileBytes: number;
  readonly ignoreFiles: readonly string[];
  readonly builtInPatterns: readonly string[];
}

/** How a file of a linked folder stands that a person waits for. */
export interface LinkFetchBody {
  readonly root: string;
  /** Below the root. */
  readonly path: string;
  /** here: file and record agree. moving: it is on its way, before all others. apart: something else keeps them apart. */
  readonly state: 'here' | 'moving' | 'apart';
  /** Why it is not here, and what to do; null where it is. */
  readonly message: string | null;
}

/** Copies that an earlier version put beside their files. */
export interface LinkCleanBody {
  readonly root: string;
  readonly copies: readonly string[];
  readonly removed: boolean;
}
