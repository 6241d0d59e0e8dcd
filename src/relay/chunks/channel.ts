import type { IncomingMessage } from 'node:http';
import type { ScopeId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { blobChannelQuery } from '../../sync/wire/blob-messages.ts';
import { createScopeStates } from '../mailbox/scope-states.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { RelayLog } from '../sockets/perform.ts';
import { type ChunkSockets, createChunkSockets } from './chunk-sockets.ts';
import type { ChunkStore } from './port.ts';

/** What was moved on the channel of large files since the relay started. */
export interface ChunkCounts {
  readonly connections: number;
  readonly brought: number;
  readonly broughtBytes: number;
  readonly served: number;
  readonly failures: number;
}

export interface ChunkChannel extends Pick<ChunkSockets, 'accept' | 'tick' | 'closeAll'> {
  readonly counts: ChunkCounts;
}

/** True for a connection that was dialled for large files and not for the log. */
export function asksForChunks({ url }: IncomingMessage): boolean {
  return url?.split('?', 2)[1]?.split('&').includes(blobChannelQuery) === true;
}

export function createChunkChannel(options: {
  readonly chunks: ChunkStore;
  readonly store: RelayStore;
  readonly policy: RelayPolicy;
  readonly origins: readonly string[];
  readonly log: RelayLog;
}): ChunkChannel {
  const { store, policy, origins, log } = options;
  const { chunks, counts } = counted(options.chunks);
  const stateOf = freshStates(store, policy.cachedScopes);
  const sockets = createChunkSockets({
    hearing: {
      ...{ chunks, store, policy, origins, nowMs: Date.now },
      mayWrite(scopeId, deviceId) {
        const member = stateOf(scopeId)?.members.get(deviceId);
        return member?.revoked === null && member.grants.at(-1)?.role !== 'reader';
      },
    },
    ...{ limits: policy, log },
  });
  return {
    accept: sockets.accept,
    tick: sockets.tick,
    closeAll: sockets.closeAll,
    get counts() {
      return { ...counts, connections: sockets.connections, failures: sockets.storeFailures };
    },
  };
}

/** Membership as the log has it now: it grows behind the back of who only reads it. */
function freshStates(
  store: Pick<RelayStore, 'entries' | 'entryCount'>,
  limit: number,
): (scopeId: ScopeId) => ScopeState | undefined {
  const states = createScopeStates(store, limit);
  return (scopeId) => {
    const held = states.get(scopeId);
    if (held === undefined || held.sequence + 1 === store.entryCount(scopeId)) {
      return held;
    }
    states.clear();
    return states.get(scopeId);
  };
}

function counted(store: ChunkStore): {
  readonly chunks: ChunkStore;
  readonly counts: Pick<ChunkCounts, 'brought' | 'broughtBytes' | 'served'>;
} {
  const counts = { brought: 0, broughtBytes: 0, served: 0 };
  return {
    counts,
    chunks: {
      ...store,
      async keep(scopeId, brought, nowMs) {
        await store.keep(scopeId, brought, nowMs);
        counts.brought += brought.length;
        counts.broughtBytes += brought.reduce((sum, { sealed }) => sum + sealed.length, 0);
      },
      async read(scopeId, address) {
        const sealed = await store.read(scopeId, address);
        counts.served += sealed === undefined ? 0 : 1;
        return sealed;
      },
    },
  };
}
