import { agentUrn, agentsCollection, isAgent, nameOfAgent, writeCapability } from '../contract/agent.ts';
import type { Change } from '../contract/change.ts';
import { type Manifest, isPolicyItself } from '../contract/manifest.ts';
import type { Answer, EffectivePolicy } from './effective.ts';
import { type Decision, decisions } from './lattice.ts';
import type { PermissionAnswer } from './permission-map.ts';

/** What is asked about a collection. */
export type Gated = Pick<Manifest, 'collection' | 'mergeStrategy'>;

/** Who writes, what is presented for it, and, where it is one change, of which record and what it does. */
export type By = Pick<Change, 'authorId' | 'lease'> & Partial<Pick<Change, 'objectId' | 'operation'>>;

const open: Answer = { decision: 'allow', reasonCode: null };

/** Whether an engine may work here. */
export function engineAnswer(policy: EffectivePolicy, gated: Gated): Answer {
  return isPolicyItself(gated) ? open : policy.decide('engine', gated.collection);
}

/** Whether a change by this author may take effect: a review that is asked of an engine is asked of every change. */
export function writeAnswer(policy: EffectivePolicy, gated: Gated, by: By): Answer {
  if (isPolicyItself(gated)) {
    return open;
  }
  const { collection } = gated;
  const anybody = stronger(policy.decide('write', collection), policy.decide('engine', collection));
  return isAgent(by.authorId) ? stronger(anybody, agentAnswer(policy, collection, by)) : anybody;
}

/** What the maps say of a target, in the words of a decision: `ask` is a review. */
export function permissionAnswer(policy: EffectivePolicy, target: string, agentId?: string): Answer {
  const { answer, reasonCode } = policy.permission(target, agentId);
  const about =
    agentId === undefined || agentId === agentUrn('') ? target : `${target} --agent ${nameOfAgent(agentId)}`;
  return { decision: decisionOf[answer], reasonCode, about };
}

const decisionOf: Readonly<Record<PermissionAnswer, Decision>> = {
  allow: 'allow',
  ask: 'require_review',
  deny: 'deny',
};

function agentAnswer(policy: EffectivePolicy, collection: string, by: By): Answer {
  const rule = policy.decide('agent.write', collection);
  const engine = permissionAnswer(policy, `engine:${collection}`, by.authorId);
  return [engine, writingAnswer(policy, by), freeingAnswer(policy, collection, by)].reduce(stronger, rule);
}

/** No agent takes away what restricts an agent, itself or another, before a person looked. */
function freeingAnswer(policy: EffectivePolicy, collection: string, { operation, objectId, lease }: By): Answer {
  const isRemoval = operation === 'delete' || operation === 'tombstone';
  const frees = isRemoval && collection === agentsCollection && policy.restricts(agentUrn(objectId ?? ''));
  return frees && lease?.approval === undefined
    ? { decision: 'require_review', reasonCode: 'manual_review_required', about: `engine:agents --agent ${objectId}` }
    : open;
}

/** Where maps ask, a person's approval of this use answers. */
function writingAnswer(policy: EffectivePolicy, { authorId, lease }: By): Answer {
  const answer = permissionAnswer(policy, `capability:${writeCapability}`, authorId);
  return answer.decision === 'require_review' && lease?.approval !== undefined ? open : answer;
}

/** What is asked of a collection, in one text: another one means that what waits must be judged again. */
export function gatesText(policy: EffectivePolicy, gated: Gated): string {
  const answers = [
    engineAnswer(policy, gated),
    writeAnswer(policy, gated, { authorId: '' }),
    writeAnswer(policy, gated, { authorId: agentUrn('') }),
  ];
  return answers.map(({ decision }) => decision).join(' ');
}

function stronger(left: Answer, right: Answer): Answer {
  return decisions.indexOf(right.decision) > decisions.indexOf(left.decision) ? right : left;
}
