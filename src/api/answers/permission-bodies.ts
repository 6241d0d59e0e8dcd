import type { CollectionName } from '../../base/ids.ts';
import { isPolicyItself } from '../../contract/manifest.ts';
import { isAuditItself } from '../../log/audit-entry.ts';
import type { EffectivePolicy } from '../../policy/effective.ts';
import { type PermissionAnswer, strongest } from '../../policy/permission-map.ts';
import type { Permission, PermissionWord } from '../../policy/permissions.ts';
import type { Family } from '../../policy/vocabulary.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { PermissionBody } from '../types/permissions.ts';

/** Targets that no map binds: policy is a matter of authority alone, and into the audit the daemons alone write. */
export function unboundTargets(bindings: Bindings): readonly string[] {
  return bindings
    .all()
    .filter(({ manifest }) => isPolicyItself(manifest) || isAuditItself(manifest))
    .map(({ manifest }) => `engine:${manifest.collection}`)
    .sort();
}

/** What holds for a target that was found to be one, for every agent or the one that is named by its URN. */
export function permissionBody(
  policy: EffectivePolicy,
  bindings: Bindings,
  target: string,
  agent: string | undefined,
): PermissionBody {
  const permission = policy.permission(target, agent);
  const bound = !unboundTargets(bindings).includes(target);
  const rules = bound ? rulesBeside(policy, target) : [];
  const answer = bound ? strongest([permission.answer, ...rules.map((rule) => answerOf[rule.decision])]) : 'allow';
  const isByMap = bound && permission.answer === answer;
  const first = isByMap ? permission.words.find(({ decides }) => decides) : undefined;
  return {
    ...{ target, agent: agent ?? null, answer, bound, words: permission.words, rules },
    reasonCode: isByMap ? permission.reasonCode : reasonOf(policy, rules, answer),
    layer: first?.layer ?? null,
    source: first?.source ?? null,
    pattern: first?.matches.find(({ answer: said, decides }) => decides && said === answer)?.pattern ?? null,
    says: bound ? says(permission, rules, answer) : unboundSays(permission, target),
  };
}

type Rule = PermissionBody['rules'][number];

const answerOf: Readonly<Record<Rule['decision'], PermissionAnswer>> = { require_review: 'ask', deny: 'deny' };
const families: readonly Family[] = ['agent.write', 'write', 'engine'];

/** Rules that the daemon obeys for the same thing. Of a lease a denial alone counts: a person grants it. */
function rulesBeside(policy: EffectivePolicy, target: string): readonly Rule[] {
  const [kind, name] = [target.slice(0, target.indexOf(':')), target.slice(target.indexOf(':') + 1)];
  const asked: readonly Family[] = kind === 'engine' ? families : kind === 'capability' ? ['lease'] : [];
  return asked.flatMap((family) => {
    const { decision } = policy.decide(family, name);
    const counts = family === 'lease' ? decision === 'deny' : decision !== 'allow';
    return counts && decision !== 'allow' ? [{ key: `${family}.${name}`, decision }] : [];
  });
}

function reasonOf(policy: EffectivePolicy, rules: readonly Rule[], answer: PermissionAnswer): string | null {
  const rule = rules.find(({ decision }) => answerOf[decision] === answer);
  return rule === undefined ? null : policy.of(rule.key).reasonCode;
}

function says({ words }: Permission, rules: readonly Rule[], answer: PermissionAnswer): string {
  const said = [
    ...words.map(spoken),
    ...rules.map(({ key, decision }) => `policy says ${answerOf[decision]} (${key})`),
  ];
  if (said.length === 0) {
    return 'No map speaks of it: it is allowed.';
  }
  const because =
    said.length === 1
      ? 'because nobody else speaks of it'
      : 'because the strongest answer holds, and a map only restricts';
  return `${said.join(', ')}: ${answer} holds, ${because}.`;
}

function unboundSays({ answer }: Permission, target: string): string {
  const effect = answer === 'allow' ? '' : ` That a map says ${answer} has no effect.`;
  const why = isAuditItself({ collection: target.slice('engine:'.length) as CollectionName })
    ? 'the daemons alone write there'
    : 'who may write there is a matter of authority alone';
  return `No map binds ${target}: ${why}.${effect}`;
}

function spoken({ layer, source, answer, unreadable, matches }: PermissionWord): string {
  const who = layer === 'agent' ? `the record of the agent (${source})` : layer;
  if (unreadable !== null) {
    return `${who} cannot be read here, and denies`;
  }
  const match = matches.find((one) => one.decides && one.answer === answer);
  const looks = match?.by === 'looks' ? ', which looks like it' : '';
  return `${who} says ${answer} (${match?.pattern ?? ''}${looks})`;
}
