import { assert } from '../../src/base/assert.ts';
import type { EngineId, ScopeId, UserId } from '../../src/base/ids.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import { type Outbox, createOutbox } from '../../src/daemon/relays/outbox.ts';
import { createIntakeHost } from '../../src/daemon/engines/intake-host.ts';
import { createOwnChain } from '../../src/daemon/relays/own-chain.ts';
import { createPolicyWatch } from '../../src/daemon/engines/policy-watch.ts';
import { openEpochKeys } from '../../src/membership/log/epoch-keys.ts';
import { foldScope } from '../../src/membership/log/scope-log.ts';
import { createReplica } from '../../src/replica/create-replica.ts';
import { createRelayMemory } from '../../src/replica/names/relay-memory.ts';
import { scopeView } from '../../src/replica/scope-view.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReceiveReport } from '../../src/replica/names/reports.ts';
import type { ReplicaDeps } from '../../src/replica/kernel/deps.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { answerChallenge } from '../../src/sync/wire/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../../src/sync/wire/codec.ts';
import { createSession } from '../../src/sync/create-session.ts';
import type { ScopeView, Session, SessionEffect, SessionEvent } from '../../src/sync/ground/session.ts';
import type { Device, Noticed, Surroundings } from './device.ts';
import { Crash, type Failing, failing, isRefusal } from './failing-store.ts';
import { mend, mendTheRest } from './mending.ts';
import { watchSlices } from './slice-watch.ts';
import type { Wire } from './network.ts';
import type { Random } from './random.ts';
import { secretKeeperOf } from '../helpers/secret-keeper.ts';
import { receiveAll } from '../helpers/receive-all.ts';
import { readSalvaged } from '../../src/daemon/disk/salvaged.ts';

export const relayOrigin = 'ws://relay.test:80';
const tickMs = 3_000;

export interface Process {
  readonly replica: Replica;
  readonly store: Failing<Store>;
  readonly session: Session;
  readonly outbox: Outbox;
  isEnabled(engineId: EngineId): boolean;
  /** The relay had said all of a scope before what is being taken in arrived: it is no past that is caught up with. */
  isLive(scopeId: ScopeId): boolean;
  /** Asks the relay to append a membership entry; `settle` hears whether it is the one that stands there. */
  wantEntry(scopeId: ScopeId, sequence: number, entry: Uint8Array, settle: (accepted: boolean) => void): void;
  stop(): void;
  pause(): void;
  resume(): void;
  /** Another policy may be in force: its records changed, or the floor in the configuration. */
  lookAtPolicy(): void;
  enabledCache: Map<EngineId, boolean>;
  /** True where an error is one of a disk that takes nothing, which is known from then on. */
  noticed(cause: unknown): boolean;
  /** The disk was seen to fail, and has not been seen to be well since. */
  readonly isDiskFailing: boolean;
  diskIsWell(): void;
}

/** What a process is started with. */
export interface ProcessDeps {
  readonly device: Pick<Device, 'index' | 'keys' | 'skewMs' | 'settings'>;
  readonly disk: Store;
  readonly userId: UserId;
  /** Membership logs that pairing brought: joined where the disk holds none yet. */
  readonly logs: readonly (readonly Uint8Array[])[];
  /** Jitter of waits. */
  readonly random: Random;
  /** What keys and salts are drawn from. */
  readonly entropy: Random;
  readonly around: Surroundings;
  /** A step met the end of the process. */
  readonly crash: () => void;
}

/** What writes on the device: not tried again before the disk is well. Sending and membership go on. */
const writing: ReadonlySet<SessionEffect['type']> = new Set([
  ...(['receive', 'acknowledged', 'caught_up', 'own_chain_complete', 'own_chain_behind'] as const),
  ...(['relay_behind', 'relay_seen', 'relay_whole', 'seeded', 'not_forwarded'] as const),
]);

/** Every other device takes in a few records at a time. */
const recordsInSlice = 3;
/** Of each batch that a transaction begins it takes in one at least, though its time is over. */
const mostInOne = 2 * recordsInSlice;

export function startProcess({ device, disk, userId, logs, random, entropy, around, crash }: ProcessDeps): Process {
  const { timeline, plants } = around;
  const { index, keys, settings } = device;
  const { bindings } = settings;
  const isSliced = index % 2 === 1;
  const store = failing(
    isSliced ? watchSlices(disk, keys.deviceId, mostInOne, (judged) => around.overran(index, judged)) : disk,
  );
  const outbox = createOutbox();
  const enabledCache = new Map<EngineId, boolean>();
  let isRunning = true;
  let looks = 0;
  /** Scopes of which something that came as the past is left to take in. */
  const past = new Set<ScopeId>();
  let wire: Wire | undefined;
  let undoDial: (() => void) | undefined;
  const waiting: SessionEvent[] = [];
  const wanted = new Map<string, (accepted: boolean) => void>();
  let isStepping = false;
  let isDiskFailing = false;
  let isWithheld = false;

  function noticed(cause: unknown): boolean {
    isDiskFailing ||= isRefusal(cause);
    return isRefusal(cause);
  }

  function guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (cause) {
      if (!noticed(cause)) {
        throw cause;
      }
      return false;
    }
  }

  function isEnabled(engineId: EngineId): boolean {
    const known = enabledCache.get(engineId) ?? store.store.settings.get(`engine.enabled.${engineId}`) !== false;
    enabledCache.set(engineId, known);
    return known;
  }

  const deps: ReplicaDeps = {
    store: store.store,
    device: {
      ...{ keys, userId },
      ...{ nowMs: () => Math.floor(timeline.nowMs + device.skewMs), randomBytes: entropy.bytes },
    },
    bindings,
    settings: { isEnabled, policyFloor: () => settings.policyFloor, brakeOf: () => settings.brake },
    secrets: secretKeeperOf(store.store, { keys, mode: () => settings.secretMode }),
    slice: {
      elapsedMs: () => looks++,
      workedMs: () => looks,
      longestMs: isSliced ? recordsInSlice : Number.POSITIVE_INFINITY,
    },
    listener: {
      appended(scopeId, batch) {
        around.appended(index, scopeId, batch);
        outbox.appended(scopeId, batch);
        handle({ type: 'appended', scopeId, sequence: batch.sequence, bytes: batch.bytes });
      },
      pending: () => intake.wake(),
      event: (event) => {
        around.told(index, event);
        if (event.type === 'record.changed' && event.data['collection'] === 'policy') {
          // Not inside the telling of the transaction that changed it.
          timeline.after(0, () => enter(() => policyWatch.look()));
        }
      },
    },
  };
  const plain = createReplica(plants.deps?.(deps) ?? deps);
  const replica = plants.replica?.(plain, disk, keys) ?? plain;
  const intake = createIntakeHost({
    replica,
    guard,
    later: (step) => timeline.after(0, () => enter(() => watched(step))),
    changed: () => undefined,
  });
  intake.wake();
  adoptScopes(replica, keys, logs);
  if (readSalvaged(disk) !== undefined) {
    const later = (step: () => void): (() => void) => timeline.after(0, () => enter(step));
    mend({ store: store.store, replica, health: { guard }, later }, () => around.mended(index));
  }
  for (const { state, local } of replica.scopes()) {
    if (!local) {
      for (const batch of replica.ownChangesAfter(state.scopeId, disk.log.acknowledged(state.scopeId, relayOrigin))) {
        outbox.appended(state.scopeId, batch);
      }
    }
  }
  for (const { manifest } of bindings.all()) {
    replica.upgradeRecords(manifest.collection);
    if (isEnabled(manifest.engineId)) {
      replica.rejudge(manifest.collection);
    }
  }
  const policyWatch = createPolicyWatch(replica, () => replica.policyChanged());
  const memory = createRelayMemory(store.store, relayOrigin);
  const ownChain = createOwnChain({
    url: relayOrigin,
    replica,
    store: store.store,
    outbox,
    ownChainMoved: () => undefined,
    ownCameBack: () => undefined,
  });
  const views = (): readonly ScopeView[] =>
    replica
      .scopes()
      .filter(({ local }) => !local)
      .map(({ state: { scopeId } }) =>
        scopeView({ replica, store: store.store, relayUrl: relayOrigin }, scopeId, memory.of(scopeId)),
      );
  const created = createSession({ self: keys.deviceId, views: views(), random: random.next });
  const session = plants.session?.(created) ?? created;

  /** Steps the session and does what it asks, one event after the other. */
  function handle(event: SessionEvent): void {
    waiting.push(event);
    if (isStepping) {
      return;
    }
    isStepping = true;
    try {
      for (let next = waiting.shift(); next !== undefined && isRunning; next = waiting.shift()) {
        for (const effect of session.step(next, timeline.nowMs)) {
          attempt(effect);
        }
      }
    } finally {
      isStepping = false;
    }
  }

  function attempt(effect: SessionEffect): void {
    if (!isWithheld || !writing.has(effect.type)) {
      isWithheld = !guard(() => perform(effect)) || isWithheld;
    }
  }

  /** An event from outside: a crash inside it ends the process. */
  function enter(work: () => void): void {
    if (!isRunning) {
      return;
    }
    try {
      guard(work);
    } catch (cause) {
      if (!(cause instanceof Crash)) {
        throw cause;
      }
      crash();
    }
  }

  function perform(effect: SessionEffect): void {
    switch (effect.type) {
      case 'connect':
        undoDial?.();
        undoDial = timeline.after(effect.afterMs, dial);
        return;
      case 'disconnect':
        closeWire();
        return;
      case 'send':
        wire?.send(encodeMessage(effect.message));
        return;
      case 'answer_challenge':
        wire?.send(
          encodeMessage(answerChallenge(keys, effect.nonce, relayOrigin, Math.floor(timeline.nowMs), effect.version)),
        );
        return;
      case 'read_own': {
        const { scopeId, after, limitBytes } = effect;
        const batches = store.store.log.after(scopeId, keys.deviceId, after, limitBytes);
        const last = batches.at(-1)?.sequence ?? after;
        const more = (store.store.log.heads(scopeId).get(keys.deviceId)?.sequence ?? 0) > last;
        waiting.push({ type: 'own_batches', scopeId, batches, more });
        return;
      }
      case 'read_chain': {
        const { scopeId, deviceId, after, limitBytes } = effect;
        const batches = store.store.log.after(scopeId, deviceId, after, limitBytes);
        waiting.push({ type: 'chain_batches', scopeId, deviceId, batches });
        return;
      }
      case 'read_entries': {
        const { scopeId, from } = effect;
        const entries = store.store.scopes
          .entries(scopeId)
          .slice(from)
          .map(({ bytes }) => bytes);
        waiting.push({ type: 'own_entries', scopeId, from, entries });
        return;
      }
      case 'receive':
        return receive(effect);
      case 'receive_entries':
        return receiveEntries(effect);
      case 'acknowledged':
        store.store.log.acknowledge(effect.scopeId, relayOrigin, effect.sequence);
        memory.advance(effect.scopeId, [[keys.deviceId, effect.sequence]]);
        replica.clearAlarms({ kind: 'not_forwarded', scopeId: effect.scopeId, relayUrl: relayOrigin });
        replica.confirmed(effect.scopeId, effect.sequence);
        outbox.acknowledged(effect.scopeId, effect.sequence);
        around.note(`acknowledged ${index} ${effect.sequence}`);
        around.acknowledged(index, effect.scopeId, effect.sequence);
        return;
      case 'caught_up':
        intake.caughtUp(effect.scopeId);
        if (readSalvaged(disk) !== undefined) {
          mendTheRest({ store: store.store, replica, health: { guard } });
        }
        return;
      case 'relay_seen':
        memory.replace(effect.scopeId, effect.relayView);
        memory.save();
        return;
      case 'seeded':
        memory.advance(effect.scopeId, [[effect.deviceId, effect.sequence]]);
        return notice(effect.type);
      case 'relay_whole':
        replica.clearAlarms({ kind: 'relay_rewound', scopeId: effect.scopeId, relayUrl: relayOrigin });
        memory.save();
        return;
      case 'own_chain_complete':
        notice(effect.type);
        if (ownChain.finished(effect.scopeId)) {
          startOver('the own chain came back from the relay');
        }
        return;
      case 'relay_behind':
        replica.raiseAlarm({ kind: 'relay_rewound', scopeId: effect.scopeId, relayUrl: relayOrigin });
        return notice(effect.type);
      case 'not_forwarded':
        replica.raiseAlarm({ kind: 'not_forwarded', scopeId: effect.scopeId, relayUrl: relayOrigin });
        return notice(effect.type);
      case 'own_chain_behind':
        return notice(effect.type);
      case 'entry_settled': {
        const name = `${effect.scopeId}/${effect.sequence}`;
        const settle = wanted.get(name);
        wanted.delete(name);
        settle?.(effect.accepted);
        return;
      }
      case 'whispered':
      case 'left':
      case 'state_changed':
        return;
    }
  }

  function notice(what: Noticed): void {
    around.note(`${what} ${index}`);
    around.noticed(index, what);
  }

  function receiveEntries({ scopeId, from, entries }: Extract<SessionEffect, { type: 'receive_entries' }>): void {
    const taken = replica.receiveEntries(scopeId, from, entries);
    memory.logAdvanced(scopeId, from + entries.length - 1);
    around.entriesTaken(index, taken.ok ? undefined : taken.error);
  }

  function receive({ scopeId, batches, delivery, caughtUp }: Extract<SessionEffect, { type: 'receive' }>): void {
    if (!isLive(scopeId)) {
      past.add(scopeId);
    }
    // Each part is an arrival of its own: people see what stands between two of them.
    const report = receiveAll({ receive: receivePart }, scopeId, batches);
    memory.advance(scopeId, report.advanced);
    ownChain.received(scopeId, report.advanced);
    around.received(index, scopeId, report);
    waiting.push({ type: 'committed', scopeId, delivery });
    if (report.askAgain || (caughtUp && ownChain.finished(scopeId))) {
      startOver('something is missing, or the own chain came back: the question is asked again');
    }
  }

  function receivePart(scopeId: ScopeId, batches: readonly Uint8Array[]): ReceiveReport {
    const received = around.receiving(index, scopeId, batches);
    const report = replica.receive(scopeId, batches);
    if (replica.pendingBatches(scopeId) > 0) {
      around.tookTurns();
    } else if (report.left.length === 0) {
      past.delete(scopeId);
    }
    received?.();
    return report;
  }

  function isLive(scopeId: ScopeId): boolean {
    const isPast = past.has(scopeId) && replica.pendingBatches(scopeId) > 0;
    return !isPast && session.state.state === 'online' && session.state.scopes[scopeId]?.caughtUp === true;
  }

  /** What is taken in later is looked at as an arrival of its own: people see what stood between two of them. */
  function watched(step: () => void): void {
    const pending = replica.scopes().filter(({ state }) => replica.pendingBatches(state.scopeId) > 0);
    const received = pending.map(({ state }) => around.receiving(index, state.scopeId, []));
    step();
    received.forEach((done) => done?.());
    pending
      .filter(({ state }) => replica.pendingBatches(state.scopeId) === 0)
      .forEach(({ state }) => past.delete(state.scopeId));
  }

  /** What the disk did not take is done now, and what it did not take of the relay is asked for again. */
  function takeUp(): void {
    intake.wake();
    for (const { manifest } of bindings.all()) {
      if (isEnabled(manifest.engineId)) {
        replica.rejudge(manifest.collection);
      }
    }
    const wasWithheld = isWithheld;
    isWithheld = false;
    if (wasWithheld && !['paused', 'refused', 'untrusted'].includes(session.state.state)) {
      closeWire();
      handle({ type: 'disconnected', reason: 'the disk of this device is well again' });
      handle({ type: 'resume' });
    }
  }

  function startOver(reason: string): void {
    closeWire();
    waiting.push({ type: 'disconnected', reason });
  }

  function closeWire(): void {
    wire?.close();
    wire = undefined;
  }

  function dial(): void {
    closeWire();
    undoDial = undefined;
    const dialled: Wire = around.dial(index, {
      opened: () => {
        if (wire === dialled) {
          enter(() => handle({ type: 'connected', views: views() }));
        }
      },
      frame: (bytes) => {
        if (wire === dialled) {
          const decoded = decodeRelayMessage(bytes);
          enter(() =>
            handle(
              decoded.ok
                ? { type: 'message', message: decoded.value }
                : { type: 'bad_frame', reason: decoded.error.message },
            ),
          );
        }
      },
      closed: (reason) => {
        if (wire === dialled) {
          wire = undefined;
          enter(() => handle({ type: 'disconnected', reason }));
        }
      },
    });
    wire = dialled;
  }

  function tick(): void {
    enter(() => handle({ type: 'tick' }));
    if (isRunning) {
      timeline.after(tickMs, tick);
    }
  }

  timeline.after(random.between(0, tickMs), tick);
  return {
    replica,
    store,
    session,
    outbox,
    isEnabled,
    isLive,
    enabledCache,
    wantEntry(scopeId, sequence, entry, settle) {
      wanted.set(`${scopeId}/${sequence}`, settle);
      enter(() => handle({ type: 'entry_wanted', scopeId, sequence, entry }));
    },
    stop() {
      isRunning = false;
      store.kill();
      undoDial?.();
      closeWire();
    },
    noticed,
    get isDiskFailing(): boolean {
      return isDiskFailing;
    },
    diskIsWell() {
      store.refuse(undefined);
      if (isDiskFailing) {
        isDiskFailing = false;
        enter(takeUp);
      }
    },
    lookAtPolicy: () => enter(() => policyWatch.look()),
    pause: () => enter(() => handle({ type: 'pause' })),
    resume: () => enter(() => handle({ type: 'resume' })),
  };
}

/** Joins what pairing brought: the keys come out of the log's own wraps. */
function adoptScopes(replica: Replica, keys: DeviceKeys, logs: ProcessDeps['logs']): void {
  if (replica.scopes().length > 0) {
    return;
  }
  for (const entries of logs) {
    const state = foldScope(entries);
    assert(state.ok, 'the log that pairing brought is whole');
    const opened = openEpochKeys({ state: state.value, entries, recipient: keys.deviceId, box: keys.box });
    replica.adoptScope(entries, opened.keys);
  }
}
