import type { Mailbox } from '../../src/relay/mailbox.ts';
import type { MailboxEffect } from '../../src/relay/mailbox/connection.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { BatchId, ScopeId } from '../../src/base/ids.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import { logAt } from './membership-logs.ts';
import type { PlantedBug } from './plant-helpers.ts';
import type { Plants } from './plants.ts';

const storeFaults = true;

/** Bugs of a relay that means well. */
export const plantedRelayBugs: readonly PlantedBug[] = [
  {
    name: 'a relay that starts again has forgotten the last batches that it confirmed',
    foundBy: [4],
    plant: forgettingAtStart,
  },
  {
    name: 'a relay makes room by dropping what is not confirmed yet',
    foundBy: [2, 4],
    plant: () => ({ relayDisk: keepingLatest }),
  },
  {
    name: 'a relay says too early that it has handed out everything',
    foundBy: [43],
    storeFaults,
    plant: () => ({ mailbox: sayingEarly }),
  },
  {
    name: 'a delivery is lost and counts as sent',
    foundBy: [2, 43],
    plant: () => ({ mailbox: losingDeliveries }),
  },
  {
    name: 'a delivery goes to whoever of the scope has not said what it holds',
    foundBy: [43],
    storeFaults,
    plant: () => ({ mailbox: mixingUpDeliveries }),
  },
];

/** The disk is exchanged for one that lacks the end of each chain whenever the relay is started again. */
function forgettingAtStart(): Plants {
  let disk = createMemoryRelayStore();
  let hasStarted = false;
  const current = Object.fromEntries(
    Object.keys(disk).map((name) => [
      name,
      (...values: unknown[]): unknown =>
        (disk as unknown as Record<string, (...given: unknown[]) => unknown>)[name]?.(...values),
    ]),
  ) as unknown as RelayStore;
  const scopes = new Set<ScopeId>();
  return {
    relayDisk: () => ({
      ...current,
      appendBatch(batch) {
        scopes.add(batch.scopeId);
        return disk.appendBatch(batch);
      },
    }),
    mailbox(mailbox) {
      disk = hasStarted ? withoutEnds(disk, [...scopes]) : disk;
      hasStarted = true;
      return mailbox;
    },
  };
}

function withoutEnds(disk: RelayStore, scopeIds: readonly ScopeId[]): RelayStore {
  const copy = createMemoryRelayStore();
  for (const scopeId of scopeIds) {
    disk.entries(scopeId, 0, Number.MAX_SAFE_INTEGER).forEach((bytes, at) => copy.appendEntry(scopeId, at, bytes));
    const members = [...(logAt(disk, scopeId)?.members.keys() ?? [])];
    copy.setMembers(scopeId, members);
    for (const { deviceId, sequence, cursor } of disk.arrivals(scopeId, 0, Number.MAX_SAFE_INTEGER)) {
      if (sequence < (disk.head(scopeId, deviceId)?.sequence ?? 0)) {
        const batchId = disk.batchIdAt(scopeId, deviceId, sequence) as BatchId;
        copy.appendBatch({ scopeId, deviceId, sequence, batchId, bytes: disk.read(cursor) });
      }
    }
  }
  return copy;
}

const mostKept = 3;

function keepingLatest(disk: RelayStore): RelayStore {
  return {
    ...disk,
    arrivals(scopeId, afterCursor, limit) {
      const all = disk.arrivals(scopeId, 0, Number.MAX_SAFE_INTEGER).slice(-mostKept);
      return all.filter(({ cursor }) => cursor > afterCursor).slice(0, limit);
    },
  };
}

/** With its answer to the question, before it has looked for what is missing. */
function sayingEarly(mailbox: Mailbox): Mailbox {
  return withEffects(mailbox, (effect) =>
    effect.type === 'send' && effect.message.type === 'state'
      ? [
          effect,
          {
            ...effect,
            message: {
              ...{ type: 'deliver', scopeId: effect.message.scopeId, delivery: 0, caughtUp: true, batches: [] },
            },
          },
        ]
      : [effect],
  );
}

function losingDeliveries(mailbox: Mailbox): Mailbox {
  let deliveries = 0;
  return withEffects(mailbox, (effect) => {
    const isFull = effect.type === 'send' && effect.message.type === 'deliver' && effect.message.batches.length > 0;
    return isFull && ++deliveries % 4 === 0
      ? [{ ...effect, message: { ...effect.message, batches: [] } } as MailboxEffect]
      : [effect];
  });
}

/** Now and then what is meant for one connection goes out on the one that was served before. */
function mixingUpDeliveries(mailbox: Mailbox): Mailbox {
  let last: number | undefined;
  let deliveries = 0;
  return withEffects(mailbox, (effect) => {
    if (effect.type !== 'send' || effect.message.type !== 'deliver') {
      return [effect];
    }
    const before = last ?? effect.connectionId;
    last = effect.connectionId;
    return ++deliveries % 3 === 0 ? [{ ...effect, connectionId: before }] : [effect];
  });
}

function withEffects(mailbox: Mailbox, instead: (effect: MailboxEffect) => readonly MailboxEffect[]): Mailbox {
  return {
    ...mailbox,
    stepMany: (inputs, nowMs, randomBytes) => mailbox.stepMany(inputs, nowMs, randomBytes).flatMap(instead),
  };
}
