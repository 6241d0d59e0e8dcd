import { WebSocket } from 'ws';
import type { ScopeId } from '../base/ids.ts';
import type { RelayAddress } from '../base/relay-address.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { decodeBlobAnswer, encodeBlobRequest } from '../sync/wire/blob-codec.ts';
import { type BlobAnswer, type BlobRequest, blobChannelQuery } from '../sync/wire/blob-messages.ts';
import type { ChunkFault } from './chunk-fault.ts';
import { greetChunkChannel, reasonIn } from './chunk-greeting.ts';
import { openRelaySocket } from './open-socket.ts';

/** A connection to the channel of large files of one relay. What it hands out was not verified. */
export interface ChunkLine {
  /** For each address, in order, whether the relay says that it lies there. */
  have(scopeId: ScopeId, addresses: readonly Uint8Array[]): Promise<Result<readonly boolean[], ChunkFault>>;
  /** Resolves once the relay has all of them durably. */
  put(scopeId: ScopeId, chunks: readonly Uint8Array[]): Promise<Result<void, ChunkFault>>;
  /** For each address, in order, the sealed chunk; undefined for what does not lie there. */
  get(
    scopeId: ScopeId,
    addresses: readonly Uint8Array[],
  ): Promise<Result<readonly (Uint8Array | undefined)[], ChunkFault>>;
  readonly isOpen: boolean;
  close(): void;
}

/** Longest silence of a relay that was asked something. */
const patienceMs = 60_000;
const lookEveryMs = 1000;

type Answered = Result<BlobAnswer, ChunkFault>;
type Unnumbered = BlobRequest extends infer One ? (One extends BlobRequest ? Omit<One, 'request'> : never) : never;

/** Dials the channel and says who this device is; a relay that is too old for it is told nothing. */
export async function openChunkLine(address: RelayAddress, keys: DeviceKeys): Promise<Result<ChunkLine, ChunkFault>> {
  const socket = openRelaySocket({ ...address, url: `${address.url}?${blobChannelQuery}` });
  const fault = await greetChunkChannel(socket, address.url, keys);
  if (fault !== undefined) {
    socket.terminate();
    return err(fault);
  }
  const ask = askOver(socket);
  return ok({
    async have(scopeId, addresses) {
      const answer = await ask({ type: 'blob_have', scopeId, addresses });
      return read(answer, (said) =>
        said.type === 'blob_held' && said.held.length === addresses.length
          ? Array.from(said.held, (one) => one === 1)
          : undefined,
      );
    },
    async put(scopeId, chunks) {
      const answer = await ask({ type: 'blob_put', scopeId, chunks });
      const stored = read(answer, (said) => (said.type === 'blob_stored' ? true : undefined));
      return stored.ok ? ok(undefined) : stored;
    },
    async get(scopeId, addresses) {
      const answer = await ask({ type: 'blob_get', scopeId, addresses });
      return read(answer, (said) =>
        said.type === 'blob_chunks' && said.chunks.length === addresses.length
          ? said.chunks.map((one) => (one.length === 0 ? undefined : one))
          : undefined,
      );
    },
    get isOpen(): boolean {
      return socket.readyState === WebSocket.OPEN;
    },
    close: () => socket.close(),
  });
}

/** Asks over an open socket, several questions at a time; all of them are answered once it closes. */
function askOver(socket: WebSocket): (request: Unnumbered) => Promise<Answered> {
  const pending = new Map<number, (answer: Answered) => void>();
  let lastRequest = 0;
  let heardMs = 0;
  let reason: string | undefined;

  const watch = setInterval(() => {
    if (pending.size > 0 && performance.now() - heardMs > patienceMs) {
      reason = 'the relay does not answer';
      socket.terminate();
    }
  }, lookEveryMs);
  socket.on('message', (data: Buffer, isBinary) => {
    heardMs = performance.now();
    const answer = isBinary ? decodeBlobAnswer(data) : undefined;
    if (answer?.ok === true) {
      pending.get(answer.value.request)?.(ok(answer.value));
      pending.delete(answer.value.request);
    } else {
      reason = isBinary ? reasonIn(data) : 'the relay sent a text frame';
      socket.terminate();
    }
  });
  socket.on('error', (cause) => {
    reason ??= cause.message;
  });
  socket.on('close', (_code, word: Buffer) => {
    clearInterval(watch);
    const said = word.length > 0 ? `the relay ended the connection: ${word.toString()}` : 'the connection was closed';
    for (const settle of pending.values()) {
      settle(err({ kind: 'away', message: reason ?? said }));
    }
    pending.clear();
  });

  return async (request) => {
    if (socket.readyState !== WebSocket.OPEN) {
      return err({ kind: 'away', message: reason ?? 'the connection was closed' });
    }
    if (pending.size === 0) {
      heardMs = performance.now();
    }
    const number = ++lastRequest;
    return new Promise((resolve) => {
      pending.set(number, resolve);
      socket.send(encodeBlobRequest({ ...request, request: number }));
    });
  };
}

function read<T>(answer: Answered, value: (said: BlobAnswer) => T | undefined): Result<T, ChunkFault> {
  if (!answer.ok) {
    return answer;
  }
  if (answer.value.type === 'blob_refused') {
    const { message, code } = answer.value;
    return err({ kind: 'refused', message, code });
  }
  const found = value(answer.value);
  return found === undefined ? err({ kind: 'away', message: 'the relay answered something else' }) : ok(found);
}
