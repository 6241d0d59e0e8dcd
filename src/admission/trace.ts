import { type Refusal, reasonText } from '../contract/verdict.ts';
import { changeIdOf, decodeChange } from '../log/change.ts';
import { type BatchView, admitBatch } from './admit-batch.ts';
import { changeLine } from './change-line.ts';
import type { ChangeContext, ChangeQuestion } from './change-question.ts';
import { answerOf } from './released.ts';
import { type BatchStep, type ChangeStep, batchSteps, changeSteps } from './steps.ts';

/** One step of the line as it was answered; the last one may carry the refusal that ended it. */
export interface TracedStep<Name extends string = string> {
  readonly step: Name;
  readonly question: string;
  readonly answer: string;
}

/** Replays the admission of a batch: every step up to the one that ended it. */
export function traceBatch(bytes: Uint8Array, view: BatchView): readonly TracedStep<BatchStep>[] {
  const admission = admitBatch(bytes, view);
  const [lastStep, lastAnswer] = lastOf(admission);
  const lastIndex = batchSteps.findIndex(({ name }) => name === lastStep);
  return batchSteps.slice(0, lastIndex + 1).map(({ name, question }) => {
    return { step: name, question, answer: name === lastStep ? lastAnswer : 'yes' };
  });
}

/** Replays the admission of a record: every step up to the one that ended it. */
export function traceChange(recordBytes: Uint8Array, context: ChangeContext): readonly TracedStep<ChangeStep>[] {
  const { deviceId, scopeId, sequence } = context.batch;
  const decoded = decodeChange(recordBytes);
  if (!decoded.ok) {
    return [traced('record', refusalText(decoded.error))];
  }
  const identity = { changeId: changeIdOf(deviceId, recordBytes), scopeId, deviceId, sequence, index: context.index };
  const change = { ...decoded.value, ...identity };
  const question: ChangeQuestion = { change, rules: context.rulesOf(change.collection), context };
  const trace = [traced('record', `yes: ${change.operation} of ${change.collection}`)];
  for (const judge of changeLine) {
    const answer = answerOf(question, judge);
    if (answer.kind === 'refusal') {
      return [...trace, traced(judge.step, refusalText(answer.refusal))];
    }
    trace.push(traced(judge.step, answer.found));
  }
  return trace;
}

function lastOf(admission: ReturnType<typeof admitBatch>): readonly [BatchStep, string] {
  switch (admission.kind) {
    case 'opened':
      return ['meta', 'yes'];
    case 'duplicate':
      return ['chain', 'duplicate: it is already here, and has no further effect'];
    case 'refused':
      return [admission.step, refusalText(admission.refusal)];
  }
}

function traced(step: ChangeStep, answer: string): TracedStep<ChangeStep> {
  const words = changeSteps.find(({ name }) => name === step);
  return { step, question: words?.question ?? step, answer };
}

function refusalText(refusal: Refusal): string {
  return `${refusal.verdict} ${reasonText(refusal)}: ${refusal.message}`;
}
