import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { messagesOf } from '../ground/gather.ts';
import { messageBytes } from '../wire/limits.ts';
import type { Behind, Frontier } from '../wire/messages.ts';
import type { SessionEffect } from '../ground/session.ts';

type ChainBatch = { readonly sequence: number; readonly bytes: Uint8Array };

interface Lacking {
  readonly deviceId: DeviceId;
  /** Held by the relay, as far as it said. */
  held: number;
  readonly goal: number;
}

/**
 * Chains of other devices that the relay lost, on their way back from the log: one chain after the other, one message
 * at a time, which is bound in size and has to be answered before the next is read.
 */
export interface SeedWindow {
  /** Nothing is left to send. */
  readonly isDone: boolean;
  /** False where the relay would not take all of it. */
  readonly isWhole: boolean;
  /** What a relay lacks of a frontier. */
  open(frontier: Frontier, behind: Behind): void;
  /** The connection is over. */
  reset(): void;
  chainBatches(deviceId: DeviceId, batches: readonly ChainBatch[]): void;
  /** False when the relay confirms what was never sent. */
  seeded(deviceId: DeviceId, sequence: number): boolean;
  /** The relay takes nothing more of the chain under way. */
  refused(): void;
  /** The relay has no room: nothing is sent until `resume`. */
  stop(): void;
  resume(): void;
}

interface Window {
  readonly scopeId: ScopeId;
  readonly emit: (effect: SessionEffect) => void;
  /** The first is under way. */
  lacking: Lacking[];
  isWhole: boolean;
  phase: 'idle' | 'reading' | 'sent' | 'stopped';
  sentTo: number;
}

export function createSeedWindow(scopeId: ScopeId, emit: (effect: SessionEffect) => void): SeedWindow {
  const window: Window = { scopeId, emit, lacking: [], isWhole: true, phase: 'idle', sentTo: 0 };

  return {
    get isDone(): boolean {
      return window.lacking.length === 0;
    },
    get isWhole(): boolean {
      return window.isWhole;
    },
    open(frontier, behind) {
      window.lacking = lackingOf(frontier, behind);
      window.isWhole = true;
      next(window);
    },
    reset() {
      window.lacking = [];
      window.isWhole = true;
      window.phase = 'idle';
    },
    chainBatches(deviceId, batches) {
      const [chain] = window.lacking;
      if (window.phase === 'reading' && chain?.deviceId === deviceId) {
        send(window, chain, batches);
      }
    },
    seeded(deviceId, sequence) {
      const [chain] = window.lacking;
      if (chain?.deviceId !== deviceId) {
        return true;
      }
      if (sequence > window.sentTo) {
        return false;
      }
      chain.held = Math.max(chain.held, sequence);
      if (window.phase === 'sent' && chain.held === window.sentTo) {
        next(window);
      }
      return true;
    },
    refused() {
      if (window.phase === 'sent') {
        giveUp(window);
      }
    },
    stop() {
      if (window.phase === 'sent') {
        window.phase = 'stopped';
      }
    },
    resume() {
      if (window.phase === 'stopped') {
        next(window);
      }
    },
  };
}

/** Reads on, of the first chain that still lacks something. */
function next(window: Window): void {
  const { scopeId, emit, lacking } = window;
  window.phase = 'idle';
  while (lacking[0] !== undefined && lacking[0].held >= lacking[0].goal) {
    lacking.shift();
  }
  const [chain] = lacking;
  if (chain !== undefined) {
    window.phase = 'reading';
    window.sentTo = 0;
    emit({ type: 'read_chain', scopeId, deviceId: chain.deviceId, after: chain.held, limitBytes: messageBytes });
  }
}

function send(window: Window, chain: Lacking, batches: readonly ChainBatch[]): void {
  const { scopeId, emit } = window;
  const { deviceId } = chain;
  const group = nextMessage(chain, batches);
  if (group.length === 0) {
    // The log here has less than the frontier told: asking again would ask for ever.
    return giveUp(window);
  }
  window.phase = 'sent';
  window.sentTo = chain.held + group.length;
  emit({ type: 'send', message: { type: 'seed', scopeId, deviceId, batches: group.map(({ bytes }) => bytes) } });
}

/** The chain under way is left as it is at the relay. */
function giveUp(window: Window): void {
  window.isWhole = false;
  window.lacking.shift();
  next(window);
}

function lackingOf(frontier: Frontier, behind: Behind): Lacking[] {
  return Object.entries(behind).flatMap(([id, held]) => {
    const deviceId = id as DeviceId;
    const goal = frontier[deviceId]?.[0] ?? 0;
    return goal > held ? [{ deviceId, held, goal }] : [];
  });
}

/** What of the batches follows next on what the relay holds of the chain, as much as fits one message. */
function nextMessage({ held, goal }: Lacking, batches: readonly ChainBatch[]): readonly ChainBatch[] {
  const [group = []] = messagesOf(batches.filter(({ sequence }) => sequence > held && sequence <= goal));
  return group[0]?.sequence === held + 1 ? group : [];
}
