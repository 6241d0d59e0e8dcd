import type { BatchId, CollectionName, RecordId } from '../../src/base/ids.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { ReviewItem } from '../../src/contract/review.ts';
import type { Plan, PlanInput, Strategy } from '../../src/contract/strategy.ts';
import { appendOnly } from '../../src/merge/plain/append-only.ts';
import { graphMerge } from '../../src/merge/graph/graph-merge.ts';
import { manualReview } from '../../src/merge/review/manual-review.ts';
import { quarantine } from '../../src/merge/plain/quarantine.ts';
import { released } from '../../src/merge/plain/released.ts';
import { decodeBatch } from '../../src/log/header.ts';
import type { Mailbox } from '../../src/relay/mailbox.ts';
import type { MailboxEffect, MailboxInput } from '../../src/relay/mailbox/connection.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { Session } from '../../src/sync/ground/session.ts';
import { type PlantedBug, everyNth, withDisk, withPlan, withReplica } from './plant-helpers.ts';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a delivery is answered as committed without being committed',
    foundBy: [2],
    plant: () =>
      withReplica((replica) => ({ ...replica, receive: everyNth(3, replica.receive, () => nothingReceived) })),
  },
  {
    name: 'the relay confirms before it is durable',
    foundBy: [4],
    plant: () => ({ mailbox: confirmingAtOnce }),
  },
  {
    name: 'a log append is lost after its answer',
    foundBy: [2, 3, 5, 6, 13],
    plant: () =>
      withDisk((disk) => ({ ...disk, log: { ...disk.log, append: everyNth(4, disk.log.append, () => undefined) } })),
  },
  {
    name: 'a sequence is used again after a restart',
    foundBy: [3, 5, 6],
    plant: () => withDisk(reusingSequences),
  },
  {
    name: 'a second delivery has a second effect',
    foundBy: [1, 7, 9],
    plant: () => withReplica((replica, disk) => ({ ...replica, receive: takingTwice(replica, disk) })),
  },
  {
    name: 'a quarantined change takes effect',
    foundBy: [24],
    plant: () => withPlan(quarantine, (input) => released.plan(input)),
  },
  {
    name: 'a conflict drops its loser',
    foundBy: [11],
    plant: () => withPlan(graphMerge, (input, plan) => onlyWinners(plan(input))),
  },
  {
    name: 'a tombstone is lifted by what it had seen',
    foundBy: [1, 10],
    plant: () => withPlan(graphMerge, (input, plan) => lifted(plan(input), input)),
  },
  {
    name: 'a pending review is lost',
    foundBy: [25],
    plant: () =>
      withDisk((disk) => ({
        ...disk,
        reviews: { ...disk.reviews, put: everyNth(2, disk.reviews.put, () => undefined) },
      })),
  },
  {
    name: 'a question is closed by nobody',
    foundBy: [25],
    plant: () => withDisk(closingByItself),
  },
  {
    name: 'a record is stored without its place in history',
    foundBy: [13],
    plant: () =>
      withDisk((disk) => {
        const addIfAbsent = everyNth(5, disk.history.addIfAbsent, () => true);
        return { ...disk, history: { ...disk.history, addIfAbsent } };
      }),
  },
  {
    name: 'a failed transaction leaves half of itself',
    foundBy: [3, 5, 6, 13],
    plant: () =>
      withDisk((disk) => ({ ...disk, transaction: ((work: () => unknown) => work()) as Store['transaction'] })),
  },
  {
    name: 'the merge depends on the order of arrival',
    foundBy: [1, 9],
    plant: () =>
      withPlan(appendOnly, (input, plan) => (input.row === undefined ? plan(input) : lastArrivalWins(input, plan))),
  },
  {
    name: 'a proposal is live before it is decided',
    foundBy: [1, 25, 37],
    plant: () =>
      withPlan(manualReview, (input, plan) =>
        plan({ ...input, viewer: { ...input.viewer, self: input.change.deviceId } }),
      ),
  },
  {
    name: 'the log is not read back as the outbox',
    foundBy: [2, 26],
    plant: () => ({ session: neverReadingBack }),
  },
  {
    name: 'an edit is confirmed to the session and never sent',
    foundBy: [2, 26],
    plant: () => ({ session: neverSending }),
  },
  {
    name: 'a secret leaks into a batch',
    foundBy: [14],
    plant: () => withReplica((replica) => ({ ...replica, edit: leaking(replica) })),
  },
  {
    name: 'an audit event is dropped',
    foundBy: [13],
    plant: () => withDisk((disk) => ({ ...disk, ...brokenAudit(disk) })),
  },
];

/** As if it had been received. */
export const nothingReceived = {
  appended: 0,
  duplicates: 0,
  advanced: new Map(),
  askAgain: false,
  refusals: [],
  left: [],
} as const;

/** Answers some pushes without storing them. */
function confirmingAtOnce(mailbox: Mailbox): Mailbox {
  let pushes = 0;
  return {
    ...mailbox,
    stepMany(inputs, nowMs, randomBytes) {
      const stored: MailboxInput[] = [];
      const early: MailboxEffect[] = [];
      for (const input of inputs) {
        const { connectionId, event } = input;
        const last = typeof event === 'object' && event.type === 'push' ? event.batches.at(-1) : undefined;
        const decoded = last && decodeBatch(last);
        if (decoded?.ok === true && ++pushes % 4 === 0) {
          const { scopeId, sequence } = decoded.value.header;
          early.push({ type: 'send', connectionId, message: { type: 'acknowledge', scopeId, sequence } });
        } else {
          stored.push(input);
        }
      }
      return [...early, ...mailbox.stepMany(stored, nowMs, randomBytes)];
    },
  };
}

/** Tells a head that is one too low now and then, as a store would that lost its last commit. */
function reusingSequences(disk: Store): Store {
  let reads = 0;
  return {
    ...disk,
    log: {
      ...disk.log,
      heads(scopeId) {
        const heads = new Map(disk.log.heads(scopeId));
        reads += 1;
        if (reads % 40 === 0) {
          const [deviceId, head] = [...heads][0] ?? [];
          if (deviceId !== undefined && head !== undefined && head.sequence > 1) {
            const before = disk.log.get(scopeId, deviceId, head.sequence - 1);
            heads.set(deviceId, { sequence: head.sequence - 1, batchId: before?.batchId as BatchId });
          }
        }
        return heads;
      },
      append(row) {
        if (disk.log.get(row.scopeId, row.deviceId, row.sequence) === undefined) {
          disk.log.append(row);
        }
      },
    },
  };
}

/** What arrives a second time leaves a second mark. */
function takingTwice(replica: Replica, disk: Store): Replica['receive'] {
  return (scopeId, batches) => {
    const report = replica.receive(scopeId, batches);
    if (report.duplicates > 0) {
      for (const row of disk.records.list('presence' as CollectionName, { cursor: null, limit: 1 }).items) {
        disk.records.put({ ...row, fields: { ...row.fields, twice: true }, state: 'live' });
      }
    }
    return report;
  };
}

function onlyWinners(plan: Plan): Plan {
  const open = plan.open.map((item) =>
    item.kind === 'conflict' ? { ...item, alternatives: item.alternatives.slice(0, 1) } : item,
  );
  return { ...plan, open };
}

function lifted(plan: Plan, { change, row }: PlanInput): Plan {
  const isRevival =
    plan.row?.state === 'tombstoned' && row !== undefined && row.fields !== null && change.stamp.endsWith('0');
  return isRevival ? { ...plan, row: { ...(plan.row as RecordRow), state: 'live', fields: row.fields } } : plan;
}

function closingByItself(disk: Store): Store {
  let reads = 0;
  return {
    ...disk,
    settings: {
      ...disk.settings,
      set(name, value) {
        disk.settings.set(name, value);
        const item: ReviewItem | undefined = disk.reviews.listOpen({ cursor: null, limit: 1 }).items[0];
        if (++reads % 5 === 0 && item !== undefined) {
          disk.reviews.put({ ...item, status: 'accepted' });
        }
      },
    },
  };
}

function lastArrivalWins(input: PlanInput, plan: Strategy['plan']): Plan {
  const planned = plan(input);
  return planned.row === undefined ? plan({ ...input, row: undefined, history: [] }) : planned;
}

/** What was written while offline, or before a restart, is never sent. */
function neverReadingBack(session: Session): Session {
  return {
    step: (event, nowMs) => session.step(event, nowMs).filter((effect) => effect.type !== 'read_own'),
    get state() {
      return session.state;
    },
  };
}

function neverSending(session: Session): Session {
  let pushes = 0;
  return {
    step: (event, nowMs) =>
      session
        .step(event, nowMs)
        .filter((effect) => effect.type !== 'send' || effect.message.type !== 'push' || ++pushes % 3 !== 0),
    get state() {
      return session.state;
    },
  };
}

function leaking(replica: Replica): Replica['edit'] {
  return (collection, writes) => {
    const [first] = writes;
    if (collection === ('secrets' as CollectionName) && first?.intent.kind === 'put') {
      const leaked = { kind: 'task', title: String(first.intent.fields['value']) };
      replica.edit('workspace' as CollectionName, [
        { id: 'leak' as RecordId, intent: { kind: 'put', fields: leaked } },
      ]);
    }
    return replica.edit(collection, writes);
  };
}

/** Loses an event now and then, and goes on as if it had been kept. */
function brokenAudit(disk: Store): Pick<Store, 'audit'> {
  let appended = 0;
  let lost: ReturnType<Store['audit']['head']> | undefined;
  return {
    audit: {
      ...disk.audit,
      append(event) {
        appended += 1;
        if (appended % 9 === 0) {
          lost = { count: disk.audit.head().count + 1, head: event.eventHash };
        } else {
          lost = undefined;
          disk.audit.append(event);
        }
      },
      head: () => lost ?? disk.audit.head(),
    },
  };
}
