import type { ScopeId } from '../../src/base/ids.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReceiveReport } from '../../src/replica/names/reports.ts';

/** Hands in a delivery until nothing of it is left, as whoever is connected to a relay does. */
export function receiveAll(
  replica: Pick<Replica, 'receive'>,
  scopeId: ScopeId,
  batches: readonly Uint8Array[],
): ReceiveReport {
  let whole = replica.receive(scopeId, batches);
  while (whole.left.length > 0) {
    const next = replica.receive(scopeId, whole.left);
    whole = {
      appended: whole.appended + next.appended,
      duplicates: whole.duplicates + next.duplicates,
      advanced: new Map([...whole.advanced, ...next.advanced]),
      askAgain: whole.askAgain || next.askAgain,
      refusals: [...whole.refusals, ...next.refusals],
      left: next.left,
    };
  }
  return whole;
}
