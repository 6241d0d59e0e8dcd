import type { WebSocket } from 'ws';
import type { DeviceKeys } from '../crypto/keys.ts';
import { answerChallenge, originOf } from '../sync/wire/authenticate.ts';
import { blobChannelVersion } from '../sync/wire/blob-messages.ts';
import { decodeRelayMessage, encodeMessage } from '../sync/wire/codec.ts';
import type { ChunkFault } from './chunk-fault.ts';

/** Longest that a relay may take to say who may come in. */
const patienceMs = 20_000;

/**
 * Says who this device is on a channel that was dialled; undefined once it is welcome. A relay that knows no such channel
 * takes the connection for one of the log, and must not hear the device's name there: it would end the connection that is.
 */
export async function greetChunkChannel(
  socket: WebSocket,
  url: string,
  keys: DeviceKeys,
): Promise<ChunkFault | undefined> {
  return new Promise((resolve) => {
    let reason = 'the relay ended the connection';
    const impatience = setTimeout(() => settle({ kind: 'away', message: 'the relay does not answer' }), patienceMs);
    const settle = (fault: ChunkFault | undefined): void => {
      clearTimeout(impatience);
      socket.off('message', hear);
      resolve(fault);
    };
    const hear = (data: Buffer): void => {
      const decoded = decodeRelayMessage(data);
      const message = decoded.ok ? decoded.value : undefined;
      if (message?.type === 'challenge' && message.version < blobChannelVersion) {
        settle({ kind: 'old', message: 'the relay is too old to keep large files: upgrade it' });
      } else if (message?.type === 'challenge') {
        const answer = answerChallenge(keys, message.nonce, originOf(url) ?? url, Date.now());
        socket.send(encodeMessage({ ...answer, version: blobChannelVersion }));
      } else {
        settle(message?.type === 'welcome' ? undefined : { kind: 'refused', message: reasonIn(data) });
      }
    };
    socket.on('message', hear);
    socket.on('error', (cause) => {
      reason = cause.message;
    });
    socket.on('close', () => settle({ kind: 'away', message: reason }));
  });
}

/** What a relay says for ending a connection, or that nothing can be read. */
export function reasonIn(data: Buffer): string {
  const decoded = decodeRelayMessage(data);
  return decoded.ok && decoded.value.type === 'error'
    ? decoded.value.message
    : 'the relay sent a frame that cannot be read';
}
