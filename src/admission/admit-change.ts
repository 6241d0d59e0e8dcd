import type { ChangeId } from '../base/ids.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Refusal } from '../contract/verdict.ts';
import { changeIdOf, decodeChange, loggedChange } from '../log/change.ts';
import { changeLine, isBeyondDrift } from './change-line.ts';
import type { ChangeContext, ChangeQuestion } from './change-question.ts';
import { answerOf } from './released.ts';
import type { ChangeStep } from './steps.ts';

export type ChangeAdmission =
  | {
      readonly kind: 'admitted';
      readonly change: LoggedChange;
      /** The whole fields of a put, as the record schema has seen them; undefined for every other operation. */
      readonly fields: JsonObject | undefined;
      /** The stamp is ahead of this device's clock beyond the drift: it must not raise it. */
      readonly clockSkew: boolean;
    }
  | {
      readonly kind: 'refused';
      /** Undefined when the record could not be read as a change. */
      readonly change: LoggedChange | undefined;
      readonly changeId: ChangeId;
      readonly refusal: Refusal;
      readonly step: ChangeStep;
    };

/** Judges one record of an opened batch by itself, as far as the strategy's door. Never throws on input. */
export function admitChange(recordBytes: Uint8Array, context: ChangeContext): ChangeAdmission {
  const { deviceId, scopeId, sequence } = context.batch;
  const changeId = changeIdOf(deviceId, recordBytes);
  const decoded = decodeChange(recordBytes);
  if (!decoded.ok) {
    return { kind: 'refused', change: undefined, changeId, refusal: decoded.error, step: 'record' };
  }
  const change = loggedChange(decoded.value, { changeId, scopeId, deviceId, sequence, index: context.index });
  return judgeChange(change, context);
}

/** As {@link admitChange}, of a change that was decoded before: what waited is judged again by this. */
export function judgeChange(change: LoggedChange, context: ChangeContext): ChangeAdmission {
  const question: ChangeQuestion = { change, rules: context.rulesOf(change.collection), context };
  for (const judge of changeLine) {
    const answer = answerOf(question, judge);
    if (answer.kind === 'refusal') {
      return { kind: 'refused', change, changeId: change.changeId, refusal: answer.refusal, step: judge.step };
    }
  }
  const fields = change.operation === 'put' && isJsonObject(change.value) ? change.value : undefined;
  return { kind: 'admitted', change, fields, clockSkew: isBeyondDrift(question) };
}
