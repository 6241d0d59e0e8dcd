import type { DeviceId, ScopeId } from '../base/ids.ts';
import { messagesOf } from './gather.ts';
import { messageBytes } from './limits.ts';
import type { Behind, Frontier } from './messages.ts';
import type { SessionEffect } from './session.ts';

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

export function createSeedWindow(scopeId: ScopeId, emit: (effect: SessionEffect) => void): SeedWindow {
  let lacking: Lacking[] = [];
  let isWhole = true;
  let phase: 'idle' | 'reading' | 'sent' | 'stopped' = 'idle';
  let sentTo = 0;

  function next(): void {
    phase = 'idle';
    while (lacking[0] !== undefined && lacking[0].held >= lacking[0].goal) {
      lacking.shift();
    }
    const [chain] = lacking;
    if (chain !== undefined) {
      phase = 'reading';
      sentTo = 0;
      emit({ type: 'read_chain', scopeId, deviceId: chain.deviceId, after: chain.held, limitBytes: messageBytes });
    }
  }

  function giveUp(): void {
    isWhole = false;
    lacking.shift();
    next();
  }

  return {
    get isDone(): boolean {
      return lacking.length === 0;
    },
    get isWhole(): boolean {
      return isWhole;
    },
    open(frontier, behind) {
      lacking = Object.entries(behind).flatMap(([id, held]) => {
        const deviceId = id as DeviceId;
        const goal = frontier[deviceId]?.[0] ?? 0;
        return goal > held ? [{ deviceId, held, goal }] : [];
      });
      isWhole = true;
      next();
    },
    reset() {
      lacking = [];
      isWhole = true;
      phase = 'idle';
    },
    chainBatches(deviceId, batches) {
      const [chain] = lacking;
      if (phase !== 'reading' || chain?.deviceId !== deviceId) {
        return;
      }
      const [group] = messagesOf(batches.filter(({ sequence }) => sequence > chain.held && sequence <= chain.goal));
      const last = group?.at(-1);
      if (group === undefined || last === undefined || group[0]?.sequence !== chain.held + 1) {
        // The log here has less than the frontier told: asking again would ask for ever.
        return giveUp();
      }
      phase = 'sent';
      sentTo = last.sequence;
      emit({ type: 'send', message: { type: 'seed', scopeId, deviceId, batches: group.map(({ bytes }) => bytes) } });
    },
    seeded(deviceId, sequence) {
      const [chain] = lacking;
      if (chain?.deviceId !== deviceId) {
        return true;
      }
      if (sequence > sentTo) {
        return false;
      }
      chain.held = Math.max(chain.held, sequence);
      if (phase === 'sent' && chain.held === sentTo) {
        next();
      }
      return true;
    },
    refused() {
      if (phase === 'sent') {
        giveUp();
      }
    },
    stop() {
      if (phase === 'sent') {
        phase = 'stopped';
      }
    },
    resume() {
      if (phase === 'stopped') {
        next();
      }
    },
  };
}
