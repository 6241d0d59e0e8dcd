import type { CollectionName, EngineId, RecordId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { QuarantineItem } from '../../src/contract/review.ts';
import type { Intent } from '../../src/contract/strategy.ts';
import { createVault } from '../../src/vault/vault.ts';
import { auditEvent, entryChange } from '../helpers/audit-entries.ts';
import { governedOperations } from './governed-work.ts';
import { type GovernanceName, governanceNames } from './governance-swarm.ts';
import { noteLosses } from './loss-watch.ts';
import { noteAccepted } from './oracles-words.ts';
import type { Process } from './process.ts';
import type { OperationName } from './swarm.ts';
import { type Operation, type Turn, canary, liveId, patch, token, write, writeOf } from './turn.ts';

const notes = ['n1', 'n2'] as const;
const nodes = ['w1', 'w2', 'w3', 'w4'] as const;
const entries = ['e1', 'e2', 'e3', 'e4'] as const;
const aliases = ['s1', 's2'] as const;
const drops = ['d1', 'd2'] as const;

/** One operation of one person or program on one device. */
export function perform(name: OperationName | GovernanceName, turn: Turn): void {
  if (turn.device.isPaused && name !== 'pause' && turn.random.chance(0.4)) {
    turn.device.resume();
  }
  turn.device.act((process) => {
    const done = isGoverned(name)
      ? turn.governance !== undefined && governedOperations[name](process, { ...turn, governance: turn.governance })
      : operations[name](process, turn);
    turn.counters.hit(`operation ${name}${done ? '' : ' (refused)'}`);
    const instead = done || isGoverned(name) ? undefined : first[name];
    if (instead !== undefined) {
      operations[instead](process, turn);
      turn.counters.hit(`operation ${instead}`);
    }
    if (turn.governance !== undefined) {
      noteLosses(turn.governance, turn.device);
    }
  });
}

function isGoverned(name: OperationName | GovernanceName): name is GovernanceName {
  return (governanceNames as readonly string[]).includes(name);
}

/** What is done where there is nothing to change yet. */
const first: Partial<Record<OperationName, OperationName>> = {
  remove_note: 'put_note',
  patch_node: 'put_node',
  remove_node: 'put_node',
  link_node: 'put_node',
  patch_alias: 'put_alias',
  remove_alias: 'put_alias',
  change_drop: 'drop_in',
  remove_drop: 'drop_in',
};

const operations: Readonly<Record<OperationName, Operation>> = {
  put_note: (process, turn) =>
    write(process, 'presence', turn.random.pick(notes), {
      kind: 'put',
      fields: { kind: 'note', text: token(turn), data: { [turn.random.pick(['x', 'y'])]: token(turn) } },
    }),
  type_text: (process, turn) => typeText(process, turn),
  remove_note: (process, turn) =>
    write(process, 'presence', liveId(process, 'presence', turn, notes), { kind: 'remove' }),
  put_node: (process, turn) =>
    write(process, 'workspace', turn.random.pick(nodes), {
      kind: 'put',
      fields: { kind: 'task', title: token(turn), props: { [turn.random.pick(['p', 'q'])]: token(turn) } },
    }),
  patch_node: (process, turn) =>
    patch(process, 'workspace', liveId(process, 'workspace', turn, nodes), [
      { op: 'add', path: turn.random.pick(['/title', '/extra', '/props/p', '/props/q']), value: token(turn) },
    ]),
  remove_node: (process, turn) =>
    write(process, 'workspace', liveId(process, 'workspace', turn, nodes), { kind: 'remove' }),
  link_node: (process, turn) =>
    patch(process, 'workspace', liveId(process, 'workspace', turn, nodes), [
      {
        op: 'add',
        path: '/edges',
        value: {
          [turn.random.pick(['a', 'b'])]: {
            type: turn.random.pick(['related', 'automation', 'policy']),
            to: `workspace/${token(turn)}`,
          },
        },
      },
    ]),
  append_entry: (process, turn) =>
    !forgeEntry(process) &&
    write(process, 'ledger', `${turn.random.pick(entries)}-${turn.ledger.nextToken}`, entryOf(turn)),
  // Devices that do not know of each other write the same id.
  rewrite_entry: (process, turn) => write(process, 'ledger', turn.random.pick(entries), entryOf(turn)),
  put_alias: (process, turn) =>
    write(process, 'shell', turn.random.pick(aliases), {
      kind: 'put',
      fields: { kind: turn.random.pick(['alias', 'env']), name: 'a', body: token(turn) },
    }),
  patch_alias: (process, turn) =>
    patch(process, 'shell', liveId(process, 'shell', turn, aliases), [
      { op: 'add', path: turn.random.pick(['/body', '/name']), value: token(turn) },
    ]),
  remove_alias: (process, turn) => write(process, 'shell', liveId(process, 'shell', turn, aliases), { kind: 'remove' }),
  drop_in: (process, turn) =>
    write(process, 'inbox', turn.random.pick(drops), { kind: 'put', fields: { producer: 'p', body: token(turn) } }),
  change_drop: (process, turn) =>
    patch(process, 'inbox', liveId(process, 'inbox', turn, drops), [{ op: 'add', path: '/body', value: token(turn) }]),
  remove_drop: (process, turn) => write(process, 'inbox', liveId(process, 'inbox', turn, drops), { kind: 'remove' }),
  keep_secret: (process, turn) => {
    const value = canary(turn);
    return createVault(process.store.store.vault).put('token' as RecordId, { label: 'l', value }).ok;
  },
  spill_secret: (process, turn) =>
    write(process, 'secrets', 'token', { kind: 'put', fields: { label: 'l', value: canary(turn) } }),
  decide_reviews: (process, turn) => decideSome(process, turn),
  release: (process, turn) => settleHeld(process, turn, 'release'),
  drop_held: (process, turn) => settleHeld(process, turn, 'drop'),
  switch_engine: (_process, { device, random }) => {
    const engine = random.pick(['presence', 'workspace', 'ledger', 'shell', 'inbox']);
    const isOn = random.chance(0.5);
    for (const name of engine === 'ledger' ? [engine, 'audit'] : [engine]) {
      device.setEnabled(`sourceos.sync.${name}` as EngineId, isOn);
    }
    return true;
  },
  pause: (_process, { device }) => {
    if (device.isPaused) {
      device.resume();
    } else {
      device.pause();
    }
    return true;
  },
  edit_together: (process, turn) => {
    const results = process.replica.edit('workspace' as CollectionName, [
      writeOf(turn.random.pick(nodes), { kind: 'put', fields: { kind: 'note', title: token(turn) } }),
      writeOf(turn.random.pick(nodes), { kind: 'remove' }),
      writeOf(turn.random.pick(nodes), { kind: 'put', fields: { kind: 'note', title: token(turn) } }),
    ]);
    return results.some((result) => result.ok);
  },
};

/** Types into a shared text at some place, as an editor that writes the whole text does. */
function typeText(process: Process, turn: Turn): boolean {
  const id = turn.random.pick(notes);
  const row = process.store.store.records.get('presence' as CollectionName, id as RecordId);
  const fields: JsonObject = row === undefined || row === 'damaged' ? {} : (row.fields ?? {});
  const before = typeof fields['text'] === 'string' ? fields['text'] : '';
  const at = turn.random.below(before.length + 1);
  const cut = turn.random.chance(0.3) ? turn.random.below(4) : 0;
  const text = before.slice(0, at) + token(turn) + before.slice(at + cut);
  return write(process, 'presence', id, { kind: 'put', fields: { ...fields, kind: 'note', text } });
}

/** A client or a program of this device tries to put an event into the audit that its daemon did not note. */
function forgeEntry(process: Process): boolean {
  const event = auditEvent(process.replica.self, 'forged');
  return write(process, 'audit', String(entryChange(process.replica.self, event).objectId), {
    kind: 'put',
    fields: event,
  });
}

function entryOf(turn: Turn): Intent {
  return { kind: 'put', fields: { id: token(turn) } };
}

function decideSome(process: Process, turn: Turn): boolean {
  const { random } = turn;
  const { replica, store } = process;
  const open = store.store.reviews.listOpen({ cursor: null, limit: 100 }).items;
  // What is held is let in or dropped where it is kept, so that it is known what only some devices let in.
  const mine = open.filter(
    (item) => item.quarantineId === undefined && (item.deviceId !== replica.self || item.kind === 'conflict'),
  );
  const chosen = mine.filter(() => random.chance(0.5));
  const decision = random.chance(0.6) ? 'accept' : 'reject';
  const results = replica.decide(
    chosen.map(({ id }) => id),
    decision,
  );
  const [item] = chosen;
  if (item !== undefined && chosen.length === 1 && results[0]?.ok === true) {
    noteAccepted(turn, item, decision);
  }
  return results.some((result) => result.ok);
}

function settleHeld(process: Process, { random, ledger }: Turn, how: 'release' | 'drop'): boolean {
  const held = process.store.store.quarantine
    .listHeld({ cursor: null, limit: 100 })
    .items.filter((held) => how === 'drop' || mayBeLetIn(held));
  const item = held.length === 0 ? undefined : random.pick(held);
  if (item === undefined) {
    return false;
  }
  const settled = how === 'release' ? process.replica.release(item.id) : process.replica.drop(item.id);
  if (settled.ok) {
    (how === 'release' ? ledger.released : ledger.dropped).add(item.id);
  }
  return settled.ok;
}

/**
 * Where an authority or a lease is missing each device decides for itself, and a person lets none of it in; what only
 * waits for somebody to look at it is another matter.
 */
export function mayBeLetIn({ collection, detail }: Pick<QuarantineItem, 'collection' | 'detail'>): boolean {
  return collection === null || isByPolicy(detail) || !['policy', 'clients', 'agents'].includes(collection);
}

/** Policy denies it, or wants a person to look at it first. */
export function isByPolicy(detail: string | null): boolean {
  return detail === 'policy_rule' || detail === 'policy_review';
}
