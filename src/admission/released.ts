import { type Manifest, asksForAuthority } from '../contract/manifest.ts';
import { type Refusal, reasonText } from '../contract/verdict.ts';
import type { ChangeJudge } from './change-line.ts';
import { type ChangeQuestion, type StepAnswer, next } from './change-question.ts';
import type { ChangeStep } from './steps.ts';

/** A step's answer; where it refuses what a person let in and may answer for, the line goes on. */
export function answerOf(question: ChangeQuestion, { step, judge }: ChangeJudge): StepAnswer {
  const answer = judge(question);
  if (answer.kind === 'next' || question.rules === undefined) {
    return answer;
  }
  const { refusal } = answer;
  const isAnswered = question.context.released?.(refusal) === true;
  return isAnswered && personAnswersFor(step, refusal, question.rules.manifest)
    ? next(`no (${reasonText(refusal)}), and a person let it in`)
    : answer;
}

/**
 * What a person who releases a change answers for: that its secret may stay, that they looked at it, that an agent wrote
 * it beside its lease. Never for an authority that nobody held, nor for what policy denies: a release on one device
 * would weaken what binds all of them. Every other answer of the line is about the change itself, and stays.
 */
function personAnswersFor(
  step: ChangeStep,
  { reasonCode, detail }: Pick<Refusal, 'reasonCode' | 'detail'>,
  manifest: Pick<Manifest, 'mergeStrategy' | 'policyClass'>,
): boolean {
  switch (step) {
    case 'secrets':
      return true;
    case 'policy':
      return detail === 'policy_review';
    case 'authority':
      // A lease may ask for a person's word itself; then nothing else is missing.
      return reasonCode === 'manual_review_required' || !needsMoreThanAPerson(manifest);
    case 'record':
    case 'clock':
    case 'collection':
    case 'residence':
    case 'proof':
    case 'scope_kind':
    case 'schema_version':
    case 'record_schema':
    case 'role':
    case 'author':
    case 'audit_entry':
      return false;
  }
}

function needsMoreThanAPerson(manifest: Pick<Manifest, 'mergeStrategy' | 'policyClass'>): boolean {
  return asksForAuthority(manifest) || manifest.policyClass === 'critical';
}
