import type { CollectionName, ScopeId } from '../base/ids.ts';
import { countOf } from './edit/author.ts';
import type { Core } from './kernel/core.ts';
import { judgeClaims } from './members/judge-claims.ts';
import type { ReceiveReport } from './names/reports.ts';
import { receive } from './receive/receive.ts';
import { takeInMore } from './receive/take-in.ts';

/** What comes from relays and goes to them. */
export interface Delivering {
  receive(scopeId: ScopeId, batches: readonly Uint8Array[]): ReceiveReport;
  /** Goes on with what `receive` had no time for, here or before a restart. True while there is more. */
  takeInMore(): boolean;
  /** How many batches of a scope were received and are not judged whole. */
  pendingBatches(scopeId: ScopeId): number;
  /** Changes of each collection in own batches above a sequence: what the relay has not confirmed. */
  ownChangesAfter(
    scopeId: ScopeId,
    sequence: number,
  ): readonly { readonly sequence: number; readonly changes: ReadonlyMap<CollectionName, number> }[];
  /** The relay says that everything it has of a scope was handed out: what peers told of beyond that is kept back. */
  caughtUp(scopeId: ScopeId): void;
  /** A relay was lost sight of: until it has handed out everything, what arrives is the past. */
  fellBehind(): void;
  /** A relay confirmed own batches up to this one. */
  confirmed(scopeId: ScopeId, sequence: number): void;
}

export function deliveringOf(core: Core): Delivering {
  return {
    receive: (scopeId, batches) => receive(core, scopeId, batches),
    takeInMore: () => takeInMore(core),
    pendingBatches: (scopeId) =>
      [...core.backlog.intake.list(), ...core.backlog.wakes.list()].filter((left) => left.scopeId === scopeId).length,
    ownChangesAfter: (scopeId, sequence) => ownChangesAfter(core, scopeId, sequence),
    caughtUp: (scopeId) => {
      core.guards.past.caughtUp(scopeId);
      const scope = core.logs.scopes.get(scopeId);
      if (scope !== undefined) {
        judgeClaims(core, scope);
      }
    },
    fellBehind: () => {
      core.guards.past.fellBehind();
    },
    confirmed: (scopeId, sequence) => {
      core.chains.confirmed.note(scopeId, sequence, core.device.nowMs());
    },
  };
}

function ownChangesAfter(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scopeId: ScopeId,
  after: number,
): ReturnType<Delivering['ownChangesAfter']> {
  const last = core.store.log.heads(scopeId).get(core.device.id)?.sequence ?? 0;
  const batches = [];
  for (let sequence = after + 1; sequence <= last; sequence++) {
    const changes = core.logs.reader.changes(scopeId, core.device.id, sequence);
    batches.push({ sequence, changes: countOf(changes.map(({ collection }) => collection)) });
  }
  return batches;
}
