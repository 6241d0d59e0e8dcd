import { WebSocket } from 'ws';
import { assert } from '../../base/assert.ts';
import { encodeMessage } from '../../sync/wire/codec.ts';
import { maximumEntryBytes, maximumFrameBytes, maximumHeadBytes } from '../../sync/wire/limits.ts';
import type { ConnectionStanding } from '../mailbox/connection.ts';

/** What is kept of one message that is not complete, and in how many pieces. */
interface FrameLimit {
  readonly bytes: number;
  readonly pieces: number;
}

/** A stranger has no reason to send more than a sealed pairing message, a device of no scope none for more than an entry. */
const strangerLimit: FrameLimit = { bytes: 64 * 1024, pieces: 128 };
const guestLimit: FrameLimit = { bytes: maximumHeadBytes + maximumEntryBytes + 1024, pieces: 2048 };
const memberLimit: FrameLimit = { bytes: maximumFrameBytes, pieces: 16 * 1024 };

const limits: Readonly<Record<ConnectionStanding, FrameLimit>> = {
  stranger: strangerLimit,
  pairing: strangerLimit,
  guest: guestLimit,
  member: memberLimit,
};

/** For the server that makes the sockets: what a connection begins with. */
export const firstFrameLimit: Readonly<Record<'maxPayload' | 'maxBufferedChunks' | 'maxFragments', number>> = {
  maxPayload: strangerLimit.bytes,
  maxBufferedChunks: strangerLimit.pieces,
  maxFragments: strangerLimit.pieces,
};

/** Where `ws` keeps the limits of a connection; it looks at them for each frame and each piece. */
interface Receiver {
  _maxPayload: number;
  _maxBufferedChunks: number;
  _maxFragments: number;
}

const tooLarge = 1009;
const reasons: Readonly<Record<number, string>> = {
  1002: 'this is no WebSocket frame',
  1007: 'a text frame is not UTF-8; frames are binary',
  1008: 'a frame came in too many pieces',
  [tooLarge]: 'a frame this large comes after authenticate, or never',
};

/**
 * A socket that refuses a frame by its header, before any of it is kept, and takes larger ones once it is known who
 * speaks. `ws` closes by itself where a frame breaks a limit; the reason is added here.
 */
export class RelaySocket extends WebSocket {
  allow(standing: ConnectionStanding): void {
    const receiver = (this as unknown as { readonly _receiver?: Partial<Receiver> })._receiver;
    const { bytes, pieces } = limits[standing];
    assert(
      typeof receiver?._maxPayload === 'number' &&
        typeof receiver._maxBufferedChunks === 'number' &&
        typeof receiver._maxFragments === 'number',
      'this version of ws keeps the limits of a connection where they are looked for',
    );
    Object.assign(receiver, {
      _maxPayload: bytes,
      _maxBufferedChunks: pieces,
      _maxFragments: pieces,
    } satisfies Receiver);
  }

  override close(code?: number, reason?: string | Buffer): void {
    const why = code === undefined || reason !== undefined ? undefined : reasons[code];
    if (code === tooLarge && why !== undefined && this.readyState === WebSocket.OPEN) {
      this.send(
        encodeMessage({ type: 'error', scopeId: null, code: 'E_TOO_LARGE', about: 'connection', message: why }),
      );
    }
    super.close(code, reason ?? why);
  }
}
