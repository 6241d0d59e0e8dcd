import { assert } from '../../src/base/assert.ts';
import type { EngineId, ScopeId, UserId } from '../../src/base/ids.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import { engineFacts } from '../../src/daemon/relays/engine-facts.ts';
import type { SyncEvent } from '../../src/contract/events.ts';
import type { Refusal } from '../../src/contract/verdict.ts';
import type { EngineFacts } from '../../src/lifecycle/facts.ts';
import type { OwnBatch } from '../../src/replica/names/own-batch.ts';
import type { ReceiveReport } from '../../src/replica/names/reports.ts';
import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type JournaledDisk, createJournaledDisk } from './disk-journal.ts';
import { Crash } from './failing-store.ts';
import type { Wire } from './network.ts';
import type { Plants } from './plants.ts';
import { type DeviceSettings, plainSettings } from './device-settings.ts';
import { type Process, startProcess } from './process.ts';
import type { Random } from './random.ts';
import { calm } from '../helpers/calm-surroundings.ts';
import type { Timeline } from './timeline.ts';

/** What the world does for a device and hears of it. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly plants: Plants;
  dial(
    device: number,
    events: { opened(wire: Wire): void; frame(bytes: Uint8Array): void; closed(reason: string): void },
  ): Wire;
  appended(device: number, scopeId: ScopeId, batch: OwnBatch): void;
  /** Batches are about to be received; the answer is called once they have been. */
  receiving(device: number, scopeId: ScopeId, batches: readonly Uint8Array[]): (() => void) | undefined;
  received(device: number, scopeId: ScopeId, report: ReceiveReport): void;
  /** The relay says that it holds the own chain up to here, and the disk remembers that it did. */
  acknowledged(device: number, scopeId: ScopeId, sequence: number): void;
  entriesTaken(device: number, refusal: Refusal | undefined): void;
  /** What a process tells those who listen to it. */
  told(device: number, event: SyncEvent): void;
  started(device: number): void;
  crashed(device: number): void;
  /** The session noticed that relay and disk do not agree. */
  noticed(device: number, what: Noticed): void;
  /** What a salvaged database had lost has been made again, it says. */
  mended(device: number): void;
  /** What came is taken in in several transactions. */
  tookTurns(): void;
  /** One transaction judged more changes of others than it has time for. */
  overran(device: number, judged: number): void;
  note(text: string): void;
}

export type Noticed = 'own_chain_behind' | 'own_chain_complete' | 'relay_behind' | 'seeded' | 'not_forwarded';

/** A device: a disk that outlives crashes, and a process that does not. */
export interface Device {
  readonly index: number;
  readonly keys: DeviceKeys;
  readonly settings: DeviceSettings;
  /** What is durable, read past the process: for oracles. */
  readonly disk: Store;
  /** The running process, or undefined while it is down. */
  readonly process: Process | undefined;
  /** Milliseconds that the wall clock is ahead. */
  skewMs: number;
  /** Every committed write of its disk. */
  readonly journal: JournaledDisk;
  start(): void;
  crash(): void;
  /** Down, and down it stays until it is let go: a lid that is closed. */
  hold(): void;
  letGo(): void;
  /** Keys and salts are drawn from another stream from its next start on. */
  reseed(random: Random): void;
  /** Never starts again: seized, or in other hands. */
  retire(): void;
  readonly isRetired: boolean;
  /** Pairing brought membership logs: from now on it can start. */
  enrol(logs: readonly (readonly Uint8Array[])[]): void;
  readonly isEnrolled: boolean;
  /** Another disk is put in, as a restored backup is; the process must be down. */
  replaceDisk(disk: JournaledDisk): void;
  /** Runs one action of the process; a crash inside it takes the process down. */
  act<T>(work: (process: Process) => T): T | undefined;
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** A copy of what everything else rests on was made beside the disk when it held so many writes. */
  readonly essentialsAt: number;
  setEnabled(engineId: EngineId, enabled: boolean): void;
  bindingOf(collection: string): CollectionBinding;
  factsOf(collection: string): EngineFacts | undefined;
}

export interface DeviceOptions {
  readonly index: number;
  readonly keys: DeviceKeys;
  readonly userId: UserId;
  /** Membership logs that it was enrolled in; undefined until it is. */
  readonly logs: readonly (readonly Uint8Array[])[] | undefined;
  /** Jitter of waits. */
  readonly random: Random;
  /** What keys and salts are drawn from. */
  readonly entropy: Random;
  readonly around: Surroundings;
  readonly settings?: DeviceSettings;
  /** What it starts with; left out, an empty disk. */
  readonly journal?: JournaledDisk;
}

export function createDevice(options: DeviceOptions): Device {
  const { index, keys, userId, around } = options;
  const { random } = options;
  let { entropy } = options;
  const settings = options.settings ?? plainSettings();
  let essentialsAt = 0;
  let journal = options.journal ?? createJournaledDisk();
  let disk = diskOf(journal);
  let logs = options.logs;
  let process: Process | undefined;
  let isPaused = false;
  let isRetired = false;
  let isHeld = false;

  /** Beside it lies a copy of what everything else rests on. */
  function diskOf({ store }: JournaledDisk): Store {
    const keepCopy = (): void => {
      essentialsAt = journal.length;
    };
    const copied = { ...store, upkeep: { ...store.upkeep, keepCopy } };
    return around.plants.disk?.(copied) ?? copied;
  }

  const device: Device = {
    index,
    keys,
    settings,
    get disk(): Store {
      return disk;
    },
    get journal(): JournaledDisk {
      return journal;
    },
    get isRetired(): boolean {
      return isRetired;
    },
    get isEnrolled(): boolean {
      return logs !== undefined;
    },
    get process(): Process | undefined {
      return process;
    },
    get essentialsAt(): number {
      return essentialsAt;
    },
    get isPaused(): boolean {
      return isPaused;
    },
    skewMs: 0,
    start() {
      if (process === undefined && logs !== undefined && !isRetired && !isHeld) {
        const crash = (): void => device.crash();
        const started = startProcess({ device, disk, userId, logs, random, entropy, around, crash });
        process = around.plants.process?.(started) ?? started;
        essentialsAt = journal.length;
        around.started(index);
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
    hold() {
      isHeld = true;
      device.crash();
    },
    letGo() {
      isHeld = false;
      device.start();
    },
    reseed(other) {
      entropy = other;
    },
    retire() {
      isRetired = true;
      device.crash();
    },
    enrol(brought) {
      logs ??= brought;
    },
    replaceDisk(other) {
      assert(process === undefined, 'a disk is changed while the device is down');
      journal = other;
      disk = diskOf(other);
    },
    act(work) {
      if (process === undefined) {
        return undefined;
      }
      try {
        return work(process);
      } catch (cause) {
        if (cause instanceof Crash) {
          device.crash();
        } else if (!process.noticed(cause)) {
          throw cause;
        }
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
          const binding = settings.bindings.all().find(({ manifest }) => manifest.engineId === engineId);
          running.replica.rejudge((binding as CollectionBinding).manifest.collection);
        }
      });
    },
    bindingOf(collection) {
      const binding = settings.bindings.ofCollection(collection);
      assert(binding !== undefined, `an engine serves ${collection}`);
      return binding;
    },
    factsOf: (collection) =>
      process === undefined ? undefined : collectFacts(process, device.bindingOf(collection), isPaused),
  };
  return device;
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
      ...calm,
      syncPaused: isPaused,
      relay: {
        ...calm.relay,
        state,
        failing: state.state === 'offline' || state.state === 'refused',
        nextAttemptAtMs: state.state === 'offline' ? state.nextAttemptMs : null,
      },
      heartbeat: { ...calm.heartbeat, verified: false },
      storeCause: process.isDiskFailing ? 'store_failing' : null,
    },
  });
}
