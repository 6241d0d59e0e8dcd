import type { ReasonCode } from '../contract/reasons.ts';
import type { Layer } from './document.ts';
import type { Term, TopReason } from './lattice.ts';
import { type Match, type PermissionAnswer, askMap, strongest } from './permission-map.ts';

/** Who says something of what agents may use: a layer of policy, or the record of the agent itself. */
export interface PermissionSource {
  readonly layer: Layer | 'agent';
  /** Id of the record, or `floor`. */
  readonly source: string;
  readonly term: Term;
}

/** What one of them says of a target. */
export interface PermissionWord extends Pick<PermissionSource, 'layer' | 'source'> {
  readonly answer: PermissionAnswer;
  /** Why it denies everything; null for what can be read. */
  readonly unreadable: TopReason | null;
  readonly matches: readonly Match[];
  /** It says what holds. */
  readonly decides: boolean;
}

/** What holds for a target, and who says so. Sources that do not speak of it are left out. */
export interface Permission {
  readonly answer: PermissionAnswer;
  readonly reasonCode: ReasonCode | null;
  readonly words: readonly PermissionWord[];
}

/** Each source is asked by itself, and the strongest answer holds: a map restricts, and never allows. */
export function permissionOf(sources: readonly PermissionSource[], target: string): Permission {
  const said = sources.flatMap((source) => wordOf(source, target));
  const answer = strongest(said.map((word) => word.answer));
  const words = said.map((word) => ({ ...word, decides: word.answer === answer }));
  return { answer, words, reasonCode: reasonOf(answer, words) };
}

function wordOf({ layer, source, term }: PermissionSource, target: string): readonly Omit<PermissionWord, 'decides'>[] {
  if (term.kind !== 'map') {
    const unreadable = term.kind === 'top' ? term.reasonCode : 'policy_denied';
    return [{ layer, source, answer: 'deny', unreadable, matches: [] }];
  }
  const answers = term.value.flatMap((map) => askMap(map, target) ?? []);
  const answer = strongest(answers.map((one) => one.answer));
  const matches = answers.flatMap((one) => one.matches);
  return answers.length === 0 ? [] : [{ layer, source, answer, unreadable: null, matches }];
}

function reasonOf(answer: PermissionAnswer, words: readonly PermissionWord[]): ReasonCode | null {
  if (answer === 'allow') {
    return null;
  }
  const unreadable = words.flatMap((word) => word.unreadable ?? []);
  if (unreadable.length > 0) {
    return unreadable.includes('migration_required') ? 'migration_required' : 'policy_denied';
  }
  const synced = words.filter(({ layer }) => layer !== 'floor');
  if (synced.length > 0 && !synced.some(({ decides }) => decides)) {
    return 'local_policy_stronger';
  }
  return answer === 'deny' ? 'policy_denied' : 'manual_review_required';
}
