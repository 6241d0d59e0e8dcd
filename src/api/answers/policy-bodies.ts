import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import { documentOf } from '../../policy/document.ts';
import { type EffectivePolicy, type Word, ruleInForce } from '../../policy/effective.ts';
import { isAtLeast, ruleOf } from '../../policy/lattice.ts';
import { permissionsKey, vocabulary } from '../../policy/vocabulary.ts';
import { versionOf } from '../../replica/names/version.ts';
import type { PolicyBody, PolicyKeyBody } from '../types/policy.ts';

interface Beside extends Pick<PolicyBody, 'lacking'> {
  /** The records of policy that are live. */
  readonly rows: readonly RecordRow[];
  readonly unbound: readonly string[];
}

export function policyBody(policy: EffectivePolicy, { rows, unbound, lacking }: Beside): PolicyBody {
  return {
    lacking,
    documents: rows.map((row) => {
      const document = row.fields === null ? undefined : documentOf(row.fields);
      const { layer = 'unreadable', generation = null } = document ?? {};
      return { layer, id: row.id, generation, version: versionOf(row) };
    }),
    keys: policy.keys().map((key) => policyKeyBody(policy, key, unbound)),
    vocabulary,
  };
}

/** `unbound` are the targets that no map binds, which is said of maps that would. */
export function policyKeyBody(policy: EffectivePolicy, key: string, unbound: readonly string[]): PolicyKeyBody {
  const effect = policy.of(key);
  const { term } = effect;
  // Each map is asked by itself: of all of them none decides for every target.
  const decides = (word: Word): boolean =>
    term !== undefined && (term.kind === 'map' ? term.kind === word.term.kind : isAtLeast(word.term, term));
  const words = effect.words.map((word) => {
    const { layer, source } = word;
    return { layer, source, key: word.key, rule: ruleOf(word.term), decides: decides(word) };
  });
  const restricted = key === permissionsKey ? unbound.filter((one) => policy.permission(one).answer !== 'allow') : [];
  const said = [says(effect, words), ...(restricted.length === 0 ? [] : [noEffectOn(restricted)])].join(' ');
  return { key, rule: ruleInForce(effect), reasonCode: effect.reasonCode, words, says: said };
}

function noEffectOn(targets: readonly string[]): string {
  return `It has no effect on ${targets.join(' and ')}, which no map binds.`;
}

/** `org says deny, workspace says allow: deny holds, because …` */
function says(effect: ReturnType<EffectivePolicy['of']>, words: PolicyKeyBody['words']): string {
  if (effect.term === undefined) {
    return 'No layer says anything of it.';
  }
  if (words.length === 0) {
    return 'This build knows no such key: it denies, until a build that knows it is installed.';
  }
  const said = words.map(({ layer, key, rule }) => `${layer} says ${spoken(rule)} (${key})`).join(', ');
  return `${said}: ${spoken(ruleOf(effect.term))} holds, ${because(effect)}.`;
}

function spoken({ kind, value }: PolicyKeyBody['words'][number]['rule']): string {
  switch (kind) {
    case 'decision':
      return typeof value === 'string' ? value.replace('_', ' ') : 'what cannot be read';
    case 'max':
    case 'min':
      return `at ${kind === 'max' ? 'most' : 'least'} ${String(value)}`;
    case 'allowset':
    case 'denyset':
      return `${kind === 'allowset' ? 'only' : 'never'} ${(value as readonly string[]).join(', ') || 'nothing'}`;
    case 'map':
      return `a map of ${patternCount(value)} patterns`;
    default:
      return 'something that this build does not know';
  }
}

function patternCount(value: JsonValue | undefined): number {
  const maps = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return maps.reduce((sum: number, map) => sum + (isJsonObject(map) ? Object.keys(map).length : 0), 0);
}

function because({ term, words, reasonCode }: ReturnType<EffectivePolicy['of']>): string {
  if (term?.kind === 'top') {
    return reasonCode === 'migration_required'
      ? 'because what a newer version says is denied until this one is upgraded'
      : 'because what cannot be obeyed is denied';
  }
  if (reasonCode === 'local_policy_stronger') {
    return 'because the floor of this device is stronger';
  }
  return words.length > 1
    ? 'because the strongest word holds and joining never weakens'
    : 'because nobody else speaks of it';
}
