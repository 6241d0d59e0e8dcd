import { unreachable } from '../../../src/base/assert.ts';
import type { Result } from '../../../src/base/result.ts';
import type { Manifest } from '../../../src/contract/manifest.ts';
import type { ReasonCode } from '../../../src/contract/reasons.ts';
import type { EngineState } from '../../../src/contract/states.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';

declare const result: Result<number, string>;
declare const verdict: Verdict;
declare const manifest: Manifest;

// refused: TS2339
export const unchecked: number = result.value;
// refused: TS2322
export const invented: ReasonCode = 'because';
// refused: TS2322
export const unnamed: EngineState = 'sleeping';
// refused: TS2339
export const reason: string = verdict.reasonCode;
// refused: TS2540
manifest.mergeStrategy = 'crdt';

export function incomplete(state: 'open' | 'closed'): string {
  switch (state) {
    case 'open':
      return state;
    default:
      // refused: TS2345
      return unreachable(state);
  }
}
