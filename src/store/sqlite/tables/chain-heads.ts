import { type DeviceId, batchIdFromBytes } from '../../../base/ids.ts';
import type { ChainHead } from '../../../contract/chain.ts';
import type { LogTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';

/** The last batch of each device's chain, without a look into the log. */
export interface ChainHeads {
  /** 0 for a chain that has none. */
  sequenceOf(scope: number, device: number): number;
  set(scope: number, device: number, sequence: number, batchId: Uint8Array): void;
  remove(scope: number, device: number): void;
  readonly list: LogTable['heads'];
}

export function createChainHeads({ database }: Context, names: Names): ChainHeads {
  const setHead = database.prepare(
    'insert or replace into chain_head (scope, device, sequence, batch_id) values (?, ?, ?, ?)',
  );
  const head = database
    .prepare<[number, number], number>('select sequence from chain_head where scope = ? and device = ?')
    .pluck();
  const heads = database.prepare<[number], { device: number; sequence: number; batch_id: Uint8Array }>(
    'select device, sequence, batch_id from chain_head where scope = ?',
  );
  const removeHead = database.prepare('delete from chain_head where scope = ? and device = ?');

  return {
    sequenceOf: (scope, device) => head.get(scope, device) ?? 0,
    set: (scope, device, sequence, batchId) => void setHead.run(scope, device, sequence, batchId),
    remove: (scope, device) => void removeHead.run(scope, device),
    list(scopeId) {
      const scope = names.find('scope', scopeId);
      const found = new Map<DeviceId, ChainHead>();
      for (const { device, sequence, batch_id } of scope === undefined ? [] : heads.all(scope)) {
        const deviceId = names.textOf('device', device);
        if (deviceId !== undefined) {
          found.set(deviceId as DeviceId, { sequence, batchId: batchIdFromBytes(batch_id) });
        }
      }
      return found;
    },
  };
}
