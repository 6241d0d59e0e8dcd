import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { DeliveryWindow } from './delivery-window.ts';
import type { RelayMessage } from '../wire/messages.ts';
import { createOwnChain } from './own-chain.ts';
import { type PushWindow, createPushWindow } from './push-window.ts';
import { type SeedWindow, createSeedWindow } from './seed-window.ts';
import type { ScopeView, SessionEffect } from '../ground/session.ts';

/** Batches of one scope on their way to a relay: own ones, those of others that it lost, until it has all of them. */
export interface ScopeOutgoing {
  readonly pushes: PushWindow;
  readonly seeds: SeedWindow;
  /** Nothing is left that the relay has not confirmed. */
  readonly isDone: boolean;
  /** A connection ended or begins. */
  reset(view: ScopeView | undefined): void;
  /** What the relay's answer to hello shows to be missing there is sent. */
  open(view: ScopeView, state: Extract<RelayMessage, { type: 'state' }>): void;
  ownBatches(batches: Parameters<PushWindow['ownBatches']>[0]): void;
  /** False when the relay confirms what was never sent. */
  acknowledged(sequence: number): boolean;
  /** The same of another device's batches. */
  seeded(deviceId: DeviceId, sequence: number): boolean;
  /** All that the relay had was dealt with here. */
  caughtUp(): void;
  /** Once for each hello, as soon as the relay holds all that is held here. */
  tellWhole(): void;
  /** The relay refused something, and may take it now. */
  resume(): void;
}

export function createScopeOutgoing(
  scopeId: ScopeId,
  deliveries: DeliveryWindow,
  emit: (effect: SessionEffect) => void,
): ScopeOutgoing {
  const pushes = createPushWindow(scopeId, emit);
  const seeds = createSeedWindow(scopeId, emit);
  const ownChain = createOwnChain(scopeId, pushes, deliveries, emit);
  /** Own batches that make the relay whole; undefined once that was told. */
  let wholeAt: number | undefined;

  function tellWhole(): void {
    const isWhole = wholeAt !== undefined && pushes.acknowledged >= wholeAt && ownChain.isSame;
    if (isWhole && seeds.isDone && seeds.isWhole) {
      wholeAt = undefined;
      emit({ type: 'relay_whole', scopeId });
    }
  }

  return {
    pushes,
    seeds,
    get isDone(): boolean {
      return pushes.acknowledged >= pushes.head && seeds.isDone;
    },
    reset(view) {
      ownChain.reset();
      wholeAt = undefined;
      pushes.reset();
      seeds.reset();
      if (view !== undefined) {
        pushes.restart(view.ownHead?.sequence ?? 0, view.confirmed?.sequence ?? 0);
      }
    },
    open(view, { ownHead, behind }) {
      wholeAt = view.ownHead?.sequence ?? 0;
      ownChain.open(view, ownHead);
      seeds.open(view.frontier, behind);
    },
    ownBatches(batches) {
      if (pushes.ownBatches(batches) === 'other') {
        ownChain.differs(pushes.head);
      }
      tellWhole();
    },
    acknowledged(sequence) {
      const isKnown = pushes.acknowledge(sequence);
      if (isKnown) {
        emit({ type: 'acknowledged', scopeId, sequence: pushes.acknowledged });
        tellWhole();
      }
      return isKnown;
    },
    seeded(deviceId, sequence) {
      const isKnown = seeds.seeded(deviceId, sequence);
      if (isKnown) {
        emit({ type: 'seeded', scopeId, deviceId, sequence });
        tellWhole();
      }
      return isKnown;
    },
    caughtUp: ownChain.tellComplete,
    tellWhole,
    resume() {
      seeds.resume();
      if (ownChain.isSame) {
        pushes.open(pushes.acknowledged);
      }
    },
  };
}
