import type { ScopeId } from '../../base/ids.ts';
import type { DeliveryWindow } from './delivery-window.ts';
import type { RelayMessage } from '../wire/messages.ts';
import type { PushWindow } from './push-window.ts';
import type { ScopeView, SessionEffect } from '../ground/session.ts';

type RelayHead = Extract<RelayMessage, { type: 'state' }>['ownHead'];

/** The own chain as it is here, compared with what the relay has of it. */
export interface OwnChain {
  /** False from the moment when they were seen to differ. */
  readonly isSame: boolean;
  /** A new connection: nothing was compared yet. */
  reset(): void;
  /** Pushes begin where the relay's copy ends, when it is a beginning of the chain here. */
  open(view: ScopeView, relayHead: RelayHead): void;
  /** The relay's chain is longer or another; it comes back as deliveries before pushes go on. */
  differs(relayHead: number): void;
  /** Deliveries were dealt with: they may have been the last of the own chain. */
  tellComplete(): void;
}

export function createOwnChain(
  scopeId: ScopeId,
  pushes: Pick<PushWindow, 'head' | 'open' | 'openWhenSame' | 'stop'>,
  deliveries: Pick<DeliveryWindow, 'caughtUp'>,
  emit: (effect: SessionEffect) => void,
): OwnChain {
  let standing: 'same' | 'behind' | 'complete' = 'same';

  function differs(relayHead: number): void {
    standing = 'behind';
    pushes.stop();
    emit({ type: 'own_chain_behind', scopeId, relayHead });
    tellComplete();
  }

  function tellComplete(): void {
    if (standing === 'behind' && deliveries.caughtUp) {
      standing = 'complete';
      emit({ type: 'own_chain_complete', scopeId });
    }
  }

  return {
    get isSame(): boolean {
      return standing === 'same';
    },
    reset() {
      standing = 'same';
    },
    open(view, relayHead) {
      const [sequence, batchId] = relayHead ?? [0, undefined];
      const known = [view.ownHead, view.confirmed].find((head) => head?.sequence === sequence);
      if (batchId === undefined || known?.batchId === batchId) {
        pushes.open(sequence);
      } else if (known !== undefined && known !== null) {
        differs(sequence);
      } else if (sequence > pushes.head) {
        differs(sequence);
      } else {
        pushes.openWhenSame({ sequence, batchId });
      }
    },
    differs,
    tellComplete,
  };
}
