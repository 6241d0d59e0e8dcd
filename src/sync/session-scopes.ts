import type { ScopeId } from '../base/ids.ts';
import type { RelayMessage } from './wire/messages.ts';
import { type ScopeSync, createScopeSync } from './scope/scope-sync.ts';
import type { ScopeSyncState, ScopeView, SessionEffect, SessionOptions } from './ground/session.ts';

const maximumScopes = 1024;

/** The scopes of a session, and the deliveries of each that are under way. */
export interface SessionScopes {
  get(scopeId: ScopeId): ScopeSync | undefined;
  /** A new connection: each scope is as its view says now. */
  renew(views: readonly ScopeView[]): void;
  /** One that this device has joined meanwhile, or has written to. */
  added(view: ScopeView, isOnline: boolean): void;
  /** The relay is there, and tells how far it has the membership log of each. */
  begin(relayLogs: ReadonlyMap<ScopeId, number>): void;
  /** The connection is over. */
  reset(): void;
  tick(nowMs: number): void;
  /** A reason when the relay breaks the protocol. */
  deliver(scope: ScopeSync, message: Extract<RelayMessage, { type: 'deliver' }>, nowMs: number): string | undefined;
  committed(delivery: number): void;
  states(): Readonly<Record<ScopeId, ScopeSyncState>>;
  /** Changes when a person would see a difference; counters that move with every batch are read from `states`. */
  mark(): string;
}

export function createSessionScopes(options: SessionOptions, emit: (effect: SessionEffect) => void): SessionScopes {
  const scopes = new Map<ScopeId, ScopeSync>();
  /** Delivery handles are never reused, so that a late `committed` of an old connection means nothing. */
  const byHandle = new Map<number, ScopeSync>();
  let lastHandle = 0;
  let logs: ReadonlyMap<ScopeId, number> = new Map();

  function add(view: ScopeView): ScopeSync {
    const scope = createScopeSync(view, options, emit);
    scopes.set(view.scopeId, scope);
    return scope;
  }

  options.views.forEach(add);

  return {
    get: (scopeId) => scopes.get(scopeId),
    renew(views) {
      for (const view of views) {
        (scopes.get(view.scopeId) ?? add(view)).reset(view);
      }
    },
    added(view, isOnline) {
      const known = scopes.get(view.scopeId);
      if (known !== undefined || scopes.size >= maximumScopes) {
        known?.pushes.raise(view.ownHead?.sequence ?? 0);
        return;
      }
      const scope = add(view);
      if (isOnline) {
        scope.begin(logs.get(view.scopeId) ?? -1);
      }
    },
    begin(relayLogs) {
      logs = relayLogs;
      for (const [scopeId, scope] of scopes) {
        scope.begin(logs.get(scopeId) ?? -1);
      }
    },
    reset() {
      for (const scope of scopes.values()) {
        scope.reset(undefined);
      }
      byHandle.clear();
    },
    tick(nowMs) {
      for (const scope of scopes.values()) {
        scope.tick(nowMs);
      }
    },
    deliver(scope, message, nowMs) {
      lastHandle++;
      byHandle.set(lastHandle, scope);
      return scope.deliver(message, lastHandle, nowMs);
    },
    committed(delivery) {
      const scope = byHandle.get(delivery);
      byHandle.delete(delivery);
      scope?.committed(delivery);
    },
    states: () => Object.fromEntries([...scopes].map(([scopeId, scope]) => [scopeId, scope.state])),
    mark() {
      return [...scopes.values()].map((scope) => markOf(scope.state)).join('');
    },
  };
}

function markOf({ caughtUp, inFlight, refused }: ScopeSyncState): string {
  return ` ${caughtUp ? 'c' : '-'}${inFlight > 0 ? 'f' : '-'}${refused?.code ?? ''}`;
}
