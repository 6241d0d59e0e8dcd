import type { ScopeId } from '../../base/ids.ts';
import { blobAddressesAtOnce } from '../../sync/wire/blob-messages.ts';
import type { ChunkFault } from '../../net/chunk-fault.ts';
import type { OpenRelay } from './chunk-relays.ts';
import { MoveEnded } from './moved.ts';

/** For some addresses at a time, in their order, whether a relay says that it has each. Throws {@link MoveEnded}. */
export async function* heldAt<T extends { readonly address: Uint8Array }>(
  { line, url }: OpenRelay,
  scopeId: ScopeId,
  chunks: readonly T[],
): AsyncGenerator<readonly (readonly [chunk: T, isHeld: boolean])[]> {
  for (let start = 0; start < chunks.length; start += blobAddressesAtOnce) {
    const some = chunks.slice(start, start + blobAddressesAtOnce);
    const held = await line.have(
      scopeId,
      some.map(({ address }) => address),
    );
    if (!held.ok) {
      throw new MoveEnded(faultOf(held.error, url));
    }
    yield some.map((chunk, index) => [chunk, held.value[index] === true]);
  }
}

/** Resolves once the relay has all of them durably. Throws {@link MoveEnded}. */
export async function putAt({ line, url }: OpenRelay, scopeId: ScopeId, sealed: readonly Uint8Array[]): Promise<void> {
  const stored = sealed.length === 0 ? undefined : await line.put(scopeId, sealed);
  if (stored?.ok === false) {
    throw new MoveEnded(faultOf(stored.error, url));
  }
}

export function faultOf({ kind, message }: ChunkFault, url: string): MoveEnded['fault'] {
  return kind === 'refused'
    ? { code: 'large_refused', detail: `${url}: ${message}`, retry: 'slowly' }
    : { code: 'large_waits', detail: message, retry: kind === 'old' ? 'slowly' : 'soon' };
}
