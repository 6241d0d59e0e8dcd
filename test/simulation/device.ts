import type { EngineId, ScopeId } from '../../src/base/ids.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import { engineFacts } from '../../src/daemon/engine-facts.ts';
import { type Outbox, createOutbox } from '../../src/daemon/outbox.ts';
import type { EngineFacts } from '../../src/lifecycle/facts.ts';
import { createReplica } from '../../src/replica/create-replica.ts';
import type { OwnBatch } from '../../src/replica/author.ts';
import type { CollectionBinding, Replica, ReceiveReport } from '../../src/replica/port.ts';
import { scopeView } from '../../src/replica/scope-view.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/port.ts';
import { answerChallenge } from '../../src/sync/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../../src/sync/codec.ts';
import { createSession } from '../../src/sync/create-session.ts';
import type { ScopeView, Session, SessionEffect, SessionEvent } from '../../src/sync/session.ts';
import { Crash, type Failing, failing } from './failing-store.ts';
import type { Wire } from './network.ts';
import type { Plants } from './plants.ts';
import { type Household, sharedBindings } from './pool.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export const relayOrigin = 'ws://relay.test:80';
const tickMs = 3_000;

/** What the world does for a device and hears of it. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly plants: Plants;
  dial(
    device: number,
    events: { opened(wire: Wire): void; frame(bytes: Uint8Array): void; closed(reason: string): void },
  ): Wire;
  appended(device: number, scopeId: ScopeId, batch: OwnBatch): void;
  received(device: number, report: ReceiveReport): void;
  crashed(device: number): void;
  note(text: string): void;
}

/** A device: a disk that outlives crashes, and a process that does not. */
export interface Device {
  readonly index: number;
  readonly keys: DeviceKeys;
  /** What is durable, read past the process: for oracles. */
  readonly disk: Store;
  /** The running process, or undefined while it is down. */
  readonly process: Process | undefined;
  /** Milliseconds that the wall clock is ahead. */
  skewMs: number;
  start(): void;
  crash(): void;
  /** Runs one action of the process; a crash inside it takes the process down. */
  act<T>(work: (process: Process) => T): T | undefined;
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  setEnabled(engineId: EngineId, enabled: boolean): void;
  factsOf(binding: CollectionBinding): EngineFacts | undefined;
}

export interface Process {
  readonly replica: Replica;
  readonly store: Failing<Store>;
  readonly session: Session;
  readonly outbox: Outbox;
  isEnabled(engineId: EngineId): boolean;
  stop(): void;
  pause(): void;
  resume(): void;
  enabledCache: Map<EngineId, boolean>;
}

export function createDevice(index: number, household: Household, random: Random, around: Surroundings): Device {
  const keys = household.devices[index] as DeviceKeys;
  const disk = around.plants.disk?.(createMemoryStore()) ?? createMemoryStore();
  let process: Process | undefined;
  let isPaused = false;
  const device: Device = {
    index,
    keys,
    disk,
    get process(): Process | undefined {
      return process;
    },
    get isPaused(): boolean {
      return isPaused;
    },
    skewMs: 0,
    start() {
      if (process === undefined) {
        process = startProcess(device, household, random, around, () => device.crash());
        process.resume();
        if (isPaused) {
          process.pause();
        }
      }
    },
    crash() {
      if (process !== undefined) {
        process.stop();
        process = undefined;
        around.crashed(index);
      }
    },
    act(work) {
      if (process === undefined) {
        return undefined;
      }
      try {
        return work(process);
      } catch (cause) {
        if (!(cause instanceof Crash)) {
          throw cause;
        }
        device.crash();
        return undefined;
      }
    },
    pause() {
      isPaused = true;
      device.act((running) => running.pause());
    },
    resume() {
      isPaused = false;
      device.act((running) => running.resume());
    },
    setEnabled(engineId, enabled) {
      device.act((running) => {
        running.store.store.settings.set(`engine.enabled.${engineId}`, enabled);
        running.enabledCache.set(engineId, enabled);
        if (enabled) {
          const binding = sharedBindings()
            .all()
            .find(({ manifest }) => manifest.engineId === engineId);
          running.replica.rejudge((binding as CollectionBinding).manifest.collection);
        }
      });
    },
    factsOf: (binding) => (process === undefined ? undefined : collectFacts(process, binding, isPaused)),
  };
  return device;
}

function startProcess(
  device: Device,
  household: Household,
  random: Random,
  around: Surroundings,
  crash: () => void,
): Process {
  const { timeline, plants } = around;
  const { index, keys, disk } = device;
  const bindings = sharedBindings();
  const store = failing(disk);
  const outbox = createOutbox();
  const enabledCache = new Map<EngineId, boolean>();
  let isRunning = true;
  let wire: Wire | undefined;
  let undoDial: (() => void) | undefined;
  const waiting: SessionEvent[] = [];
  let isStepping = false;

  function isEnabled(engineId: EngineId): boolean {
    const known = enabledCache.get(engineId) ?? store.store.settings.get(`engine.enabled.${engineId}`) !== false;
    enabledCache.set(engineId, known);
    return known;
  }

  const plain = createReplica({
    store: store.store,
    keys,
    userId: household.userId,
    bindings,
    nowMs: () => Math.floor(timeline.nowMs + device.skewMs),
    randomBytes: random.bytes,
    isEnabled,
    listener: {
      appended(scopeId, batch) {
        around.appended(index, scopeId, batch);
        outbox.appended(scopeId, batch);
        handle({ type: 'appended', scopeId, sequence: batch.sequence, bytes: batch.bytes });
      },
      event() {},
    },
  });
  const replica = plants.replica?.(plain, disk) ?? plain;
  adoptScopes(replica, household);
  for (const { state, local } of replica.scopes()) {
    if (!local) {
      for (const batch of replica.ownChangesAfter(state.scopeId, disk.log.acknowledged(state.scopeId, relayOrigin))) {
        outbox.appended(state.scopeId, batch);
      }
    }
  }
  for (const { manifest } of bindings.all()) {
    if (isEnabled(manifest.engineId)) {
      replica.rejudge(manifest.collection);
    }
  }
  const views = (): readonly ScopeView[] =>
    replica.scopes().flatMap(({ state, local }) => {
      if (local) {
        return [];
      }
      return [scopeView({ replica, store: store.store, relayUrl: relayOrigin }, state.scopeId, null)];
    });
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
          perform(effect);
        }
      }
    } finally {
      isStepping = false;
    }
  }

  /** An event from outside: a crash inside it ends the process. */
  function enter(work: () => void): void {
    if (!isRunning) {
      return;
    }
    try {
      work();
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
        wire?.send(encodeMessage(answerChallenge(keys, effect.nonce, relayOrigin, Math.floor(timeline.nowMs))));
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
        replica.receiveEntries(effect.scopeId, effect.from, effect.entries);
        return;
      case 'acknowledged':
        store.store.log.acknowledge(effect.scopeId, relayOrigin, effect.sequence);
        outbox.acknowledged(effect.scopeId, effect.sequence);
        replica.confirmed(effect.scopeId, effect.sequence);
        around.note(`acknowledged ${index} ${effect.sequence}`);
        return;
      case 'caught_up':
        replica.caughtUp(effect.scopeId);
        return;
      case 'own_chain_behind':
      case 'own_chain_complete':
      case 'relay_behind':
      case 'relay_seen':
      case 'relay_whole':
      case 'seeded':
      case 'not_forwarded':
        around.note(`${effect.type} ${index}`);
        return;
      case 'entry_settled':
      case 'state_changed':
        return;
    }
  }

  function receive({ scopeId, batches, delivery }: Extract<SessionEffect, { type: 'receive' }>): void {
    const report = replica.receive(scopeId, batches);
    around.received(index, report);
    waiting.push({ type: 'committed', scopeId, delivery });
    if (report.askAgain) {
      closeWire();
      waiting.push({ type: 'disconnected', reason: 'something is missing: the question is asked again' });
    }
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
    enabledCache,
    stop() {
      isRunning = false;
      store.kill();
      undoDial?.();
      closeWire();
    },
    pause: () => enter(() => handle({ type: 'pause' })),
    resume: () => enter(() => handle({ type: 'resume' })),
  };
}

function adoptScopes(replica: Replica, household: Household): void {
  if (replica.scopes().length > 0) {
    return;
  }
  const { profile, workspace } = household;
  for (const scope of [profile, workspace]) {
    replica.adoptScope([scope.entry], new Map([[1, scope.epochKey]]));
  }
}

function collectFacts(process: Process, binding: CollectionBinding, isPaused: boolean): EngineFacts {
  const { replica, store, outbox, session } = process;
  const state = session.state;
  return engineFacts({
    binding,
    enabled: process.isEnabled(binding.manifest.engineId),
    replica,
    store: store.store,
    outbox,
    around: {
      syncPaused: isPaused,
      localOnly: false,
      relayConfigured: true,
      relay: state,
      relayFailing: state.state === 'offline' || state.state === 'refused',
      nextAttemptAtMs: state.state === 'offline' ? state.nextAttemptMs : null,
      configurationInvalid: false,
      heartbeatVerified: false,
      auditBroken: false,
    },
  });
}
