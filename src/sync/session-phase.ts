import type { RelayState } from './ground/session.ts';

/** Where a session stands with its relay. */
export type Phase =
  | { readonly is: 'offline'; readonly reason: string; readonly nextAttemptMs: number; readonly noRoute?: true }
  | { readonly is: 'connecting'; readonly sinceMs: number }
  | { readonly is: 'authenticating'; readonly isAnswered: boolean }
  | { readonly is: 'online'; readonly sinceMs: number }
  | {
      readonly is: 'refused';
      readonly code: Extract<RelayState, { state: 'refused' }>['code'];
      readonly reason: string;
    }
  | { readonly is: 'untrusted'; readonly reason: string }
  | { readonly is: 'paused' };

type OnlineScopes = Extract<RelayState, { state: 'online' }>['scopes'];

/** What others are told of it. */
export function relayStateOf(phase: Phase, scopes: () => OnlineScopes): RelayState {
  switch (phase.is) {
    case 'offline':
      return {
        ...{ state: 'offline', reason: phase.reason, nextAttemptMs: phase.nextAttemptMs },
        ...(phase.noRoute === undefined ? {} : { noRoute: phase.noRoute }),
      };
    case 'connecting':
      return { state: 'connecting' };
    case 'authenticating':
      return { state: 'authenticating' };
    case 'online':
      return { state: 'online', scopes: scopes() };
    case 'refused':
      return { state: 'refused', code: phase.code, reason: phase.reason };
    case 'untrusted':
      return { state: 'untrusted', reason: phase.reason };
    case 'paused':
      return { state: 'paused' };
  }
}

/** How a connection came to its end, whoever ended it. */
export interface ConnectionEnd {
  readonly reason: string;
  readonly untrusted?: boolean;
  readonly noRoute?: boolean;
}

/** Where a session stands once a connection is over: a verdict on the relay is shown until the next attempt says otherwise. */
export function phaseAfter(
  before: Phase,
  { reason, untrusted = false, noRoute = false }: ConnectionEnd,
  nextAttemptMs: number,
): Phase {
  if (untrusted) {
    return { is: 'untrusted', reason };
  }
  return before.is === 'refused' ? before : { is: 'offline', reason, nextAttemptMs, ...(noRoute ? { noRoute } : {}) };
}
