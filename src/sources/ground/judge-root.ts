/** Why a folder is not the one that is linked. */
export type RootFault = 'root_missing' | 'root_unreadable' | 'root_unknown' | 'root_of_another';

export interface RootEvidence {
  /** What is at the path. */
  readonly sight: 'missing' | 'unreadable' | 'folder';
  /** The link has left its mark in it. */
  readonly hasOwnMark: boolean;
  /** Other links have. */
  readonly hasOtherMarks: boolean;
  /** Files that were in step before. */
  readonly noted: number;
  /** Share of them, 0 to 1, that lie there as they were. */
  readonly unchanged: number;
  /** The link has left its mark before: a root without it is not a new one. */
  readonly wasMarked: boolean;
  /** Why the link stood still until now. */
  readonly paused: RootFault | undefined;
  /** A person asks to look again. */
  readonly isAsked: boolean;
}

export type RootJudgement =
  | { readonly kind: 'known'; readonly mark: boolean }
  | { readonly kind: 'strange'; readonly fault: RootFault };

/**
 * Whether a folder is the linked one. Its mark says so. Where only the mark is gone, most files that lie as they were say
 * so too; but once a strange folder was met in its place, nothing short of the mark or a person's word does.
 */
export function judgeRoot(evidence: RootEvidence): RootJudgement {
  const { sight, hasOwnMark, hasOtherMarks, noted, unchanged, wasMarked, paused, isAsked } = evidence;
  if (sight !== 'folder') {
    return { kind: 'strange', fault: sight === 'missing' ? 'root_missing' : 'root_unreadable' };
  }
  if (hasOwnMark) {
    return { kind: 'known', mark: false };
  }
  // A new link; or nothing was ever in step, so that a person may say so of any folder.
  if (noted === 0 && (!wasMarked || isAsked)) {
    return { kind: 'known', mark: true };
  }
  const wasStrange = paused === 'root_unknown' || paused === 'root_of_another';
  if (unchanged > 0.5 && (isAsked || !(wasStrange || hasOtherMarks))) {
    return { kind: 'known', mark: true };
  }
  return { kind: 'strange', fault: hasOtherMarks ? 'root_of_another' : 'root_unknown' };
}
