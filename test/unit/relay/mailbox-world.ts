import type { DeviceMessage } from '../../../src/sync/wire/messages.ts';
import { type OwnBatch, createChain, createPair } from './members.ts';

export const pair = createPair(11);

const chain = createChain(pair, pair.alice);

export const alices = Array.from({ length: 6 }, () => chain.next());

export const push = (...batches: readonly OwnBatch[]): DeviceMessage => ({
  type: 'push',
  scopeId: pair.scopeId,
  batches: batches.map((batch) => batch.bytes),
});

export const at = (sequence: number): OwnBatch => alices[sequence - 1] as OwnBatch;
