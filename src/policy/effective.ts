import type { JsonObject } from '../base/json.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import type { Layer, PolicyDocument } from './document.ts';
import { covers } from './glob.ts';
import { type Decision, type Term, isAtLeast, join, ruleOf, sameTerm, termOf, unknownTerm } from './lattice.ts';
import { type Permission, permissionOf } from './permissions.ts';
import { type Family, faultOfRule, isReadableName, lifetimeKey, permissionsKey, subjectOf } from './vocabulary.ts';

/** One document in force, and where it is from. */
export interface LayeredDocument {
  readonly layer: Layer;
  /** Id of its record, or `floor`. */
  readonly source: string;
  readonly document: Pick<PolicyDocument, 'rules' | 'readable'>;
  /** Another device wrote it. */
  readonly isRemote: boolean;
}

/** What one layer says of a question. */
export interface Word {
  readonly layer: Layer;
  readonly source: string;
  /** The key of the rule, which may be a pattern that covers the question; `*` for what cannot be read at all. */
  readonly key: string;
  readonly term: Term;
  readonly isRemote: boolean;
}

export interface Effect {
  /** What all layers say together; undefined where none says anything. */
  readonly term: Term | undefined;
  /** Why, when it is not the plain word of this device; null where nothing is to be said. */
  readonly reasonCode: ReasonCode | null;
  readonly words: readonly Word[];
}

export interface Answer {
  readonly decision: Decision;
  readonly reasonCode: ReasonCode | null;
  /** What `policy explain` is asked to say why; left out where the question itself says it. */
  readonly about?: string;
}

/** The join of the floor and of every document that this device holds. A value: it is made anew when one changes. */
export interface EffectivePolicy {
  readonly documents: readonly LayeredDocument[];
  /** May this be done? Nothing said allows it; what cannot be understood denies it. */
  decide(family: Family, name: string): Answer;
  /**
   * May agents use this target, and this one where it is named by its URN? Maps alone are asked: nothing said allows it, and
   * a map that cannot be understood denies everything.
   */
  permission(target: string, agentId?: string): Permission;
  /** True where the record of this agent says what it may use. */
  restricts(agentId: string): boolean;
  /** What holds for one key. */
  of(key: string): Effect;
  /** Every key that some layer names, sorted. */
  keys(): readonly string[];
  /** The longest life of a lease in hours; undefined where no layer bounds it. */
  longestLeaseHours(): number | undefined;
}

const mostAnswers = 4096;
const everything = '*';

/** What the record of an agent says that it may use; undefined where it says nothing. */
export type AgentMaps = (agentId: string) => { readonly source: string; readonly term: Term } | undefined;

export function effectivePolicy(
  documents: readonly LayeredDocument[],
  agentMaps: AgentMaps = () => undefined,
): EffectivePolicy {
  const said = documents.flatMap(wordsIn);
  const answers = new Map<string, Answer>();
  const permissions = new Map<string, Permission>();
  const maps = withBound(said.filter((word) => speaksOf(word, permissionsKey)));

  const of = (key: string): Effect =>
    effectOf(
      key,
      said.filter((word) => speaksOf(word, key)),
    );

  function ask(family: Family, name: string): Answer {
    const { term, reasonCode } = of(`${family}.${name}`);
    if (term?.kind === 'top') {
      return { decision: 'deny', reasonCode };
    }
    return term?.kind === 'decision' ? { decision: term.value, reasonCode } : { decision: 'allow', reasonCode: null };
  }

  return {
    documents,
    decide(family, name) {
      // Collections and capabilities are few, and asked about for every change.
      return remembered(answers, `${family}.${name}`, () => ask(family, name));
    },
    permission(target, agentId) {
      return remembered(permissions, `${agentId ?? ''} ${target}`, () => {
        const own = agentId === undefined ? undefined : agentMaps(agentId);
        return permissionOf(own === undefined ? maps : [...maps, { layer: 'agent', ...own }], target);
      });
    },
    restricts: (agentId) => agentMaps(agentId) !== undefined,
    of,
    keys: () => [...new Set(said.map(({ key }) => key))].sort(),
    longestLeaseHours() {
      const { term } = of(lifetimeKey);
      if (term?.kind === 'top') {
        return 0;
      }
      return term?.kind === 'max' ? term.value : undefined;
    },
  };
}

/** Maps of more patterns than are looked at cannot be obeyed together, and then deny. */
function withBound(maps: readonly Word[]): readonly Word[] {
  const [first] = maps;
  const term = joined(maps);
  const isBeyond = term?.kind === 'top' && maps.every((word) => word.term.kind === 'map');
  return first !== undefined && isBeyond ? [...maps, { ...first, source: everything, term }] : maps;
}

function remembered<T>(answers: Map<string, T>, question: string, ask: () => T): T {
  const known = answers.get(question);
  if (known !== undefined) {
    return known;
  }
  if (answers.size >= mostAnswers) {
    answers.clear();
  }
  const answer = ask();
  answers.set(question, answer);
  return answer;
}

/** The local floor, `{key: {kind, value}}` as configuration has it. */
export function floorDocument(rules: JsonObject): LayeredDocument {
  const terms = new Map(Object.entries(rules).map(([key, rule]) => [key, termOf(rule)] as const));
  return { layer: 'floor', source: 'floor', document: { rules: terms, readable: true }, isRemote: false };
}

function wordsIn({ layer, source, document, isRemote }: LayeredDocument): readonly Word[] {
  const words = [...document.rules].map(([key, term]) => ({
    layer,
    source,
    key,
    term: understood(key, term),
    isRemote,
  }));
  return document.readable ? words : [...words, { layer, source, key: everything, term: unknownTerm, isRemote }];
}

/** A key that this build does not know, or a kind that does not fit it, denies what it may be about. */
function understood(key: string, term: Term): Term {
  return term.kind !== 'top' && faultOfRule(key, term) !== undefined ? unknownTerm : term;
}

function speaksOf({ key: ruleKey }: Word, key: string): boolean {
  if (ruleKey === key || ruleKey === everything) {
    return true;
  }
  const [rule, asked] = [subjectOf(ruleKey), subjectOf(key)];
  // A name that cannot be read may have meant any of its family.
  return (
    rule.kind === 'family' &&
    asked.kind === 'family' &&
    rule.family === asked.family &&
    (!isReadableName(ruleKey, rule.pattern) || covers(rule.pattern, asked.pattern))
  );
}

/** A key that nobody speaks of and this build does not know may be one that a later build obeys. */
function effectOf(key: string, words: readonly Word[]): Effect {
  const term = joined(words) ?? (subjectOf(key).kind === 'unknown' ? unknownTerm : undefined);
  return { term, words, reasonCode: term === undefined ? null : reasonOf(term, words) };
}

function joined(words: readonly Word[]): Term | undefined {
  return words.reduce<Term | undefined>(
    (strongest, { term }) => (strongest === undefined ? term : join(strongest, term)),
    undefined,
  );
}

function reasonOf(term: Term, words: readonly Word[]): ReasonCode | null {
  if (term.kind === 'top') {
    return term.reasonCode;
  }
  const synced = joined(words.filter(({ layer }) => layer !== 'floor'));
  if (synced !== undefined && !isAtLeast(synced, term)) {
    return 'local_policy_stronger';
  }
  if (words.some((word) => word.isRemote && !sameTerm(word.term, term))) {
    return 'remote_policy_weaker';
  }
  if (term.kind === 'decision' && term.value !== 'allow') {
    return term.value === 'deny' ? 'policy_denied' : 'manual_review_required';
  }
  return words.some(({ isRemote }) => isRemote) ? 'remote_policy_newer' : null;
}

/** What holds, as a rule of a document; null where no layer says anything. */
export function ruleInForce({ term }: Effect): JsonObject | null {
  return term === undefined ? null : ruleOf(term);
}
