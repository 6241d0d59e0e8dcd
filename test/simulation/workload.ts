import type { CollectionName, EngineId, RecordId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Intent } from '../../src/contract/strategy.ts';
import type { PatchOperation } from '../../src/contract/change.ts';
import { createVault } from '../../src/vault/vault.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';
import type { OperationName } from './swarm.ts';

/** Names of everything a workload writes; each value is written once, so that where it turns up tells who wrote it. */
export interface Ledger {
  /** Secrets given to vaults, or tried where they may not go. */
  readonly canaries: string[];
  /** Held items that somebody dropped: what only some devices let in. */
  readonly dropped: Set<string>;
  readonly released: Set<string>;
  /** What every token begins with: another one makes other plaintext of the same shape. */
  readonly letter: string;
  nextToken: number;
}

export function createLedger(letter: string): Ledger {
  return { canaries: [], dropped: new Set(), released: new Set(), letter, nextToken: 1 };
}

export interface Turn {
  readonly device: Device;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly counters: Counters;
}

const notes = ['n1', 'n2'] as const;
const nodes = ['w1', 'w2', 'w3', 'w4'] as const;
const entries = ['e1', 'e2', 'e3', 'e4'] as const;
const aliases = ['s1', 's2'] as const;
const drops = ['d1', 'd2'] as const;

/** One operation of one person or program on one device. */
export function perform(name: OperationName, turn: Turn): void {
  if (turn.device.isPaused && name !== 'pause' && turn.random.chance(0.4)) {
    turn.device.resume();
  }
  turn.device.act((process) => {
    const done = operations[name](process, turn);
    turn.counters.hit(`operation ${name}${done ? '' : ' (refused)'}`);
    const instead = done ? undefined : first[name];
    if (instead !== undefined) {
      operations[instead](process, turn);
      turn.counters.hit(`operation ${instead}`);
    }
  });
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

type Operation = (process: Process, turn: Turn) => boolean;

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
    write(process, 'audit', `${turn.random.pick(entries)}-${turn.ledger.nextToken}`, auditEntry(turn)),
  // Devices that do not know of each other write the same id.
  rewrite_entry: (process, turn) => write(process, 'audit', turn.random.pick(entries), auditEntry(turn)),
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
    const engine = random.pick(['presence', 'workspace', 'audit', 'shell', 'inbox']);
    device.setEnabled(`sourceos.sync.${engine}` as EngineId, random.chance(0.5));
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

function write(process: Process, collection: string, id: string, intent: Intent): boolean {
  return process.replica.edit(collection as CollectionName, [writeOf(id, intent)])[0]?.ok === true;
}

function writeOf(id: string, intent: Intent): { readonly id: RecordId; readonly intent: Intent } {
  return { id: id as RecordId, intent };
}

/** Mostly a record that is live here, so that there is something to change. */
function liveId(process: Process, collection: string, { random }: Turn, names: readonly string[]): string {
  const { records } = process.store.store;
  const live = records.list(collection as CollectionName, { cursor: null, limit: 100 }, 'live').items;
  return live.length > 0 && random.chance(0.9) ? random.pick(live).id : random.pick(names);
}

function patch(process: Process, collection: string, id: string, operations: readonly PatchOperation[]): boolean {
  const row = process.store.store.records.get(collection as CollectionName, id as RecordId);
  const needsProps = operations.some(({ path }) => path.startsWith('/props/'));
  if (row === undefined || row === 'damaged' || (needsProps && row.fields?.['props'] === undefined)) {
    return false;
  }
  return write(process, collection, id, { kind: 'patch', patch: operations });
}

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

function auditEntry(turn: Turn): Intent {
  return {
    kind: 'put',
    fields: {
      id: `urn:srcos:audit:${token(turn)}`,
      type: 'AuditEvent',
      specVersion: '0.1.0',
      eventType: 'test.event',
      occurredAt: '2026-01-01T00:00:00Z',
      actorId: 'urn:srcos:user:a',
      subjectId: 'urn:srcos:user:b',
      policyDomain: 'test',
      outcome: 'allow',
      reasonCode: 'none',
      eventHash: 'sha256:00',
    },
  };
}

function decideSome(process: Process, { random }: Turn): boolean {
  const { replica, store } = process;
  const open = store.store.reviews.listOpen({ cursor: null, limit: 100 }).items;
  const mine = open.filter((item) => item.deviceId !== replica.self || item.kind === 'conflict');
  const chosen = mine.filter(() => random.chance(0.5)).map(({ id }) => id);
  return replica.decide(chosen, random.chance(0.6) ? 'accept' : 'reject').some((result) => result.ok);
}

function settleHeld(process: Process, { random, ledger }: Turn, how: 'release' | 'drop'): boolean {
  const held = process.store.store.quarantine
    .listHeld({ cursor: null, limit: 100 })
    .items.filter(({ collection }) => how === 'drop' || mayBeLetIn(collection));
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
 * What asks for an authority is written by hostile devices alone here, and each device decides about it for itself: a
 * person lets none of it in.
 */
export function mayBeLetIn(collection: CollectionName | null): boolean {
  return collection === null || !['policy', 'clients', 'agents'].includes(collection);
}

function token({ ledger }: Turn): string {
  return `${ledger.letter}${ledger.nextToken++}`;
}

function canary({ ledger }: Turn): string {
  const value = `canary-${ledger.nextToken++}-7f3a9c`;
  ledger.canaries.push(value);
  return value;
}
