import type { DeviceId } from '../../base/ids.ts';
import type { Change } from '../../contract/change.ts';
import { decodeChange } from '../../log/change.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { settleChange } from '../apply/judge.ts';
import type { Core } from '../kernel/core.ts';

/** A batch that is in the log. */
export interface PlacedBatch {
  readonly scope: ScopeState;
  readonly deviceId: DeviceId;
  readonly sequence: number;
}

/** Positions of records in their batch, the last one not included. */
export interface Records {
  readonly from: number;
  readonly to: number;
}

/** The first record of a batch is no change. */
export const everyRecord: Records = { from: 1, to: Number.POSITIVE_INFINITY };

/** Judges again what the log has, as if it came now; inside a transaction. */
export function judgeLogged(
  core: Core,
  { scope, deviceId, sequence }: PlacedBatch,
  { from, to }: Records,
  isMeant: (change: Change) => boolean,
): void {
  const { scopeId } = scope;
  const end = Math.min(to, core.logs.reader.recordCount(scopeId, deviceId, sequence));
  for (let index = from; index < end; index++) {
    const record = core.logs.reader.record({ scopeId, deviceId, sequence, index });
    const decoded = record && decodeChange(record.bytes);
    if (record !== undefined && decoded?.ok && isMeant(decoded.value)) {
      settleChange(core, scope, record.header, index, record.bytes);
    }
  }
}
