/** What agents may use: JSON bodies of /v1/permissions. */

export type PermissionAnswerBody = 'allow' | 'ask' | 'deny';

/** One pattern that covers the target. */
export interface PermissionMatchBody {
  readonly pattern: string;
  readonly answer: PermissionAnswerBody;
  /** `looks`: the pattern names another target that looks like this one; it counts only where it is stronger. */
  readonly by: 'name' | 'looks';
  /** It says what its map says; the others are shorter, or weaker. */
  readonly decides: boolean;
}

/** What one record, or the floor, says of the target. */
export interface PermissionWordBody {
  /** `agent` is the record of the agent in `agents`. */
  readonly layer: 'floor' | 'org' | 'workspace' | 'repo' | 'profile' | 'agent';
  /** Id of the record, or `floor`. */
  readonly source: string;
  readonly answer: PermissionAnswerBody;
  /** Why it denies everything, where its map cannot be read. */
  readonly unreadable: string | null;
  readonly matches: readonly PermissionMatchBody[];
  /** It says what holds. */
  readonly decides: boolean;
}

/** What holds for a target, and why. */
export interface PermissionBody {
  readonly target: string;
  /** URN of the agent; null where none was named: then no record of an agent is asked. */
  readonly agent: string | null;
  readonly answer: PermissionAnswerBody;
  readonly reasonCode: string | null;
  /** Who decides, first of those that say what holds; null where nobody says anything. */
  readonly layer: PermissionWordBody['layer'] | null;
  readonly source: string | null;
  readonly pattern: string | null;
  /** False for what no map binds. */
  readonly bound: boolean;
  readonly words: readonly PermissionWordBody[];
  /** Keys of policy whose decision the daemon asks for beside the maps, where one restricts. */
  readonly rules: readonly { readonly key: string; readonly decision: 'require_review' | 'deny' }[];
  readonly says: string;
}
