import { backoffMs } from './backoff.ts';
import type { Phase } from './session-phase.ts';
import type { SessionScopes } from './session-scopes.ts';
import type { ScopeView, SessionEffect, SessionOptions } from './session.ts';

/** A connection this old was a good one: the next failure starts with a short wait again. */
const stableMs = 10_000;
const quietBeforePingMs = 12_000;
const silenceLimitMs = 30_000;
/** A relay that says no is asked again after half a minute on average. */
const slowAttempt = 7;

type Refused = Extract<Phase, { readonly is: 'refused' }>;

/** The phases of one connection after the other: when to try, when it is over, and how long to wait. */
export interface SessionConnection {
  readonly phase: Phase;
  readonly isConnected: boolean;
  connected(views: readonly ScopeView[], nowMs: number): void;
  /** It is over, whoever ended it; a verdict on the relay is shown until the next attempt says otherwise. */
  dropped(
    facts: { readonly reason: string; readonly untrusted?: boolean; readonly noRoute?: boolean },
    nowMs: number,
  ): void;
  /** This side ends it. */
  fail(reason: string, nowMs: number): void;
  heard(nowMs: number): void;
  /** The challenge is answered. */
  answered(): void;
  welcomed(nowMs: number): void;
  refused(verdict: Omit<Refused, 'is'>): void;
  tick(nowMs: number): void;
  pause(): void;
  /** Also "try now" while waiting for the next attempt. */
  resume(nowMs: number): void;
}

export function createSessionConnection(
  { random }: Pick<SessionOptions, 'random'>,
  scopes: SessionScopes,
  emit: (effect: SessionEffect) => void,
): SessionConnection {
  let phase: Phase = { is: 'offline', reason: 'not started', nextAttemptMs: 0 };
  let isStarted = false;
  let attempt = 0;
  let heardMs = 0;
  let pingedMs = 0;

  const isConnected = (): boolean => phase.is === 'authenticating' || phase.is === 'online';

  const dropped: SessionConnection['dropped'] = ({ reason, untrusted = false, noRoute = false }, nowMs) => {
    if (phase.is === 'online' && nowMs - phase.sinceMs >= stableMs) {
      attempt = 0;
    }
    scopes.reset();
    if (untrusted) {
      attempt = Math.max(attempt, slowAttempt);
    }
    const afterMs = backoffMs(attempt++, random);
    if (untrusted) {
      phase = { is: 'untrusted', reason };
    } else if (phase.is !== 'refused') {
      phase = { is: 'offline', reason, nextAttemptMs: nowMs + afterMs, ...(noRoute ? { noRoute } : {}) };
    }
    emit({ type: 'connect', afterMs: Math.max(1, afterMs) });
  };

  function fail(reason: string, nowMs: number): void {
    emit({ type: 'disconnect', reason });
    dropped({ reason }, nowMs);
  }

  function resume(nowMs: number): void {
    if (!isConnected() && phase.is !== 'connecting') {
      isStarted = true;
      attempt = 0;
      phase = { is: 'connecting', sinceMs: nowMs };
      emit({ type: 'connect', afterMs: 0 });
    }
  }

  function keepAlive(nowMs: number): void {
    if (nowMs - heardMs > silenceLimitMs) {
      fail('nothing was heard of the relay for 30 s', nowMs);
      return;
    }
    if (phase.is === 'online' && nowMs - Math.max(heardMs, pingedMs) >= quietBeforePingMs) {
      pingedMs = nowMs;
      emit({ type: 'send', message: { type: 'ping' } });
    }
    scopes.tick(nowMs);
  }

  return {
    get phase() {
      return phase;
    },
    get isConnected() {
      return isConnected();
    },
    dropped,
    fail,
    resume,
    connected(views, nowMs) {
      if (phase.is === 'paused') {
        emit({ type: 'disconnect', reason: 'paused' });
      } else if (!isConnected()) {
        phase = { is: 'authenticating', isAnswered: false };
        heardMs = nowMs;
        pingedMs = nowMs;
        scopes.renew(views);
      }
    },
    heard(nowMs) {
      heardMs = nowMs;
    },
    answered() {
      phase = { is: 'authenticating', isAnswered: true };
    },
    welcomed(nowMs) {
      phase = { is: 'online', sinceMs: nowMs };
    },
    refused(verdict) {
      phase = { is: 'refused', ...verdict };
      attempt = Math.max(attempt, slowAttempt);
    },
    tick(nowMs) {
      if (phase.is === 'offline' && !isStarted) {
        resume(nowMs);
      } else if (phase.is === 'offline' && nowMs >= phase.nextAttemptMs) {
        phase = { is: 'connecting', sinceMs: nowMs };
      } else if (phase.is === 'connecting' && nowMs - phase.sinceMs > silenceLimitMs) {
        fail('the relay does not answer', nowMs);
      } else if (isConnected()) {
        keepAlive(nowMs);
      }
    },
    pause() {
      const wasConnected = isConnected() || phase.is === 'connecting';
      phase = { is: 'paused' };
      scopes.reset();
      if (wasConnected) {
        emit({ type: 'disconnect', reason: 'paused' });
      }
    },
  };
}
