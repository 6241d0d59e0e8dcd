import type { ScopeId } from '../../base/ids.ts';
import type { ChunkAddress } from '../../blobs/address.ts';
import type { ChunkStore } from './port.ts';

/** Keeps chunks in memory; "durable" lasts as long as the object. */
export function createMemoryChunks(): ChunkStore {
  const scopes = new Map<ScopeId, Map<ChunkAddress, { readonly sealed: Uint8Array; readonly broughtMs: number }>>();
  return {
    held: async (scopeId, addresses) => addresses.map((address) => scopes.get(scopeId)?.has(address) === true),
    async keep(scopeId, chunks, nowMs) {
      const scope = scopes.get(scopeId) ?? new Map();
      scopes.set(scopeId, scope);
      for (const { address, sealed } of chunks) {
        scope.set(address, { sealed: scope.get(address)?.sealed ?? sealed.slice(), broughtMs: Math.floor(nowMs) });
      }
    },
    read: async (scopeId, address) => scopes.get(scopeId)?.get(address)?.sealed,
    broughtMs: async (scopeId, address) => scopes.get(scopeId)?.get(address)?.broughtMs,
    sizeBytes: async (scopeId) =>
      [...(scopes.get(scopeId)?.values() ?? [])].reduce((sum, { sealed }) => sum + sealed.length, 0),
    freeBytes: async () => undefined,
  };
}
