import type { DeviceId, ScopeId } from '../base/ids.ts';
import type { RelayState, ScopeView, SessionEffect, SessionEvent } from '../sync/ground/session.ts';

/** What a session asks of the device it serves. Each returns once durable, where it writes. */
export interface RelayLinkHandlers {
  /** What the disk holds now, of every scope that travels. */
  views(): readonly ScopeView[];
  readOwn(
    scopeId: ScopeId,
    after: number,
    limitBytes: number,
  ): { readonly batches: readonly { readonly sequence: number; readonly bytes: Uint8Array }[]; readonly more: boolean };
  readEntries(scopeId: ScopeId, from: number, limitBytes: number): readonly Uint8Array[];
  /** Batches of another device's chain, for a relay that lost them. */
  readChain(
    scopeId: ScopeId,
    deviceId: DeviceId,
    after: number,
    limitBytes: number,
  ): readonly { readonly sequence: number; readonly bytes: Uint8Array }[];
  /** Judges and commits a delivery, or as much of it as there is time for. */
  receive(scopeId: ScopeId, batches: readonly Uint8Array[], caughtUp: boolean): ReceiveAnswer;
  receiveEntries(scopeId: ScopeId, from: number, entries: readonly Uint8Array[]): void;
  entrySettled(scopeId: ScopeId, sequence: number, accepted: boolean): void;
  acknowledged(scopeId: ScopeId, sequence: number): void;
  /** What was learnt of the relay itself: what it holds, lost, or keeps to itself. */
  relayShown(shown: RelayShown): void;
  /** Everything the relay had was dealt with. */
  caughtUp(scopeId: ScopeId): void;
  /** All of the own chain that the relay has is here. True when it moved, and a new connection shall go on with it. */
  ownChainComplete(scopeId: ScopeId): boolean;
  /** Another device said something that nobody keeps. */
  whispered(scopeId: ScopeId, body: Uint8Array): void;
  left(deviceId: DeviceId): void;
  stateChanged(state: RelayState): void;
}

export interface ReceiveAnswer {
  /** To be handed in once others had their turn. */
  readonly left: readonly Uint8Array[];
  /** The question must be asked again, on a new connection. */
  readonly askAgain: boolean;
}

export type Delivery = Extract<SessionEffect, { type: 'receive' }>;

export type RelayShown = Extract<
  SessionEffect,
  { type: 'own_chain_behind' | 'relay_behind' | 'relay_seen' | 'relay_whole' | 'seeded' | 'not_forwarded' }
>;

/** Drives one session over WebSocket connections, one after the other, for as long as it is not stopped. */
export interface RelayLink {
  readonly state: RelayState;
  step(event: SessionEvent): void;
  /** The disk is well again: a new connection asks for what it did not take. */
  storeIsWell(): void;
  stop(): Promise<void>;
}
