import type { RelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import type { ChunkFault } from '../../net/chunk-fault.ts';
import { type ChunkLine, openChunkLine } from '../../net/chunk-line.ts';

/** A relay that keeps large files, connected. */
export interface OpenRelay {
  readonly url: string;
  readonly line: ChunkLine;
}

export interface ChunkRelaysDeps {
  readonly keys: DeviceKeys;
  /** Relays that this device is connected to now, in the order in which they are asked. */
  readonly online: () => readonly RelayAddress[];
}

/** Connections for large files: opened when they are needed, and closed when nothing was moved for a while. */
export interface ChunkRelays {
  /** Every relay that is there and keeps large files; at least one, or why there is none. */
  open(): Promise<Result<readonly OpenRelay[], ChunkFault>>;
  isAnyOnline(): boolean;
  close(): void;
}

const idleMs = 30_000;
const noneOnline: ChunkFault = { kind: 'away', message: 'no relay is connected' };

export function createChunkRelays({ keys, online }: ChunkRelaysDeps): ChunkRelays {
  const lines = new Map<string, Promise<Result<ChunkLine, ChunkFault>>>();
  let idle: NodeJS.Timeout | undefined;

  async function lineTo(address: RelayAddress): Promise<Result<ChunkLine, ChunkFault>> {
    const held = await lines.get(address.url);
    if (held?.ok === true && held.value.isOpen) {
      return held;
    }
    const opening = openChunkLine(address, keys);
    lines.set(address.url, opening);
    return opening;
  }

  function close(): void {
    clearTimeout(idle);
    for (const opening of lines.values()) {
      void opening.then((line) => (line.ok ? line.value.close() : undefined));
    }
    lines.clear();
  }

  return {
    async open() {
      clearTimeout(idle);
      idle = setTimeout(close, idleMs).unref();
      const open: OpenRelay[] = [];
      let fault = noneOnline;
      for (const address of online()) {
        const line = await lineTo(address);
        if (line.ok) {
          open.push({ url: address.url, line: line.value });
        } else {
          fault = line.error;
        }
      }
      return open.length > 0 ? ok(open) : err(fault);
    },
    isAnyOnline: () => online().length > 0,
    close,
  };
}
