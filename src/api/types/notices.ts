/** Whether a notification could be shown on the desktop of the person. */
export interface NotificationBody {
  readonly shown: boolean;
  /** Why it was not, and what to do; null where it was. */
  readonly reason: string | null;
  /** False where the configuration has notifications off, so that none but this is shown. */
  readonly enabled: boolean;
}

/** A program that the person has run on events. */
export interface HookBody {
  readonly name: string;
  readonly events: readonly string[];
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  readonly running: boolean;
  /** Why it is not run as it stands, and what to do; null where it can be. */
  readonly problem: string | null;
  readonly since: HookCounts;
  /** How it ended last; null where it did not run yet. */
  readonly last: HookRunBody | null;
}

/** Since the daemon started, or the hook was written differently. */
export interface HookCounts {
  readonly runs: number;
  readonly failures: number;
  /** Events that it was not told of, because more came than it could be told. */
  readonly dropped: number;
  /** Events that wait for its next run. */
  readonly waiting: number;
}

export interface HookRunBody {
  readonly at: string;
  readonly ok: boolean;
  /** How it ended, in words. */
  readonly message: string;
  readonly tookMs: number;
  /** What it wrote, as much as is kept of it. */
  readonly output: string;
}

export interface HooksBody {
  readonly items: readonly HookBody[];
  /** Why none is run at all; null where nothing stands in the way. */
  readonly problem: string | null;
}
