import { decodeBatch } from '../../src/log/header.ts';
import { decodeDeviceMessage } from '../../src/sync/wire/codec.ts';

/**
 * What a relay learns of the frames that devices send, and nothing that the trust protocol does not list among the
 * declared leaks: who and when is in their order; what is left out is ciphertext, and what follows from it alone.
 */
export function relayView(frames: readonly Uint8Array[]): readonly string[] {
  return frames.map((frame) => {
    const decoded = decodeDeviceMessage(frame);
    if (!decoded.ok) {
      return `unreadable ${frame.length}`;
    }
    const message = decoded.value;
    switch (message.type) {
      case 'push':
      case 'seed':
        return `${message.type} ${message.scopeId} ${message.batches.map(headerView).join(' ')}`;
      case 'hello':
        return `hello ${message.scopeId} ${message.logSequence} ${JSON.stringify(positions(message.frontier))}`;
      case 'received':
        return `received ${message.scopeId} ${message.delivery}`;
      case 'append_entry':
        return `append_entry ${message.scopeId} ${message.sequence} ${message.entry.length}`;
      case 'authenticate':
        return `authenticate ${message.deviceId}`;
      default:
        return message.type;
    }
  });
}

/**
 * Header, signature, the smallest padded body and its tag. Larger bodies may be compressed, and then their size tells a
 * little of what they hold: rule 19 of the log says so, and no comparison of sizes would mean anything.
 */
const smallestBatchBytes = 252 + 64 + 256 + 16;

function headerView(bytes: Uint8Array): string {
  const batch = decodeBatch(bytes);
  if (!batch.ok) {
    return `unreadable/${bytes.length}`;
  }
  const { deviceId, sequence, kind, epoch, logSequence } = batch.value.header;
  const size = bytes.length > smallestBatchBytes ? 'padded' : bytes.length;
  return `${deviceId}/${sequence}/${kind}/${epoch}/${logSequence}/${size}`;
}

function positions(frontier: Readonly<Record<string, readonly [number, string]>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(frontier).map(([deviceId, [sequence]]) => [deviceId, sequence]));
}
