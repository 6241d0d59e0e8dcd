import { type Attempts, createAttempts } from './ground/attempts.ts';
import { type ConnectionEnd, type Phase, phaseAfter } from './session-phase.ts';
import type { SessionScopes } from './session-scopes.ts';
import type { ScopeView, SessionEffect, SessionOptions } from './ground/session.ts';
import { type SilenceWatch, createSilenceWatch, silenceLimitMs } from './ground/silence-watch.ts';

/** A connection this old was a good one: the next failure starts with a short wait again. */
const stableMs = 10_000;

type Refused = Extract<Phase, { readonly is: 'refused' }>;

/** The phases of one connection after the other: when to try, when it is over, and how long to wait. */
export interface SessionConnection {
  readonly phase: Phase;
  readonly isConnected: boolean;
  connected(views: readonly ScopeView[], nowMs: number): void;
  /** It is over, whoever ended it; a verdict on the relay is shown until the next attempt says otherwise. */
  dropped(end: ConnectionEnd, nowMs: number): void;
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

interface Parts {
  readonly scopes: Pick<SessionScopes, 'reset' | 'tick'>;
  readonly emit: (effect: SessionEffect) => void;
  readonly attempts: Attempts;
  readonly silence: SilenceWatch;
  phase: Phase;
  isStarted: boolean;
}

export function createSessionConnection(
  { random }: Pick<SessionOptions, 'random'>,
  scopes: Pick<SessionScopes, 'renew' | 'reset' | 'tick'>,
  emit: (effect: SessionEffect) => void,
): SessionConnection {
  const attempts = createAttempts(random);
  const silence = createSilenceWatch();
  const first: Phase = { is: 'offline', reason: 'not started', nextAttemptMs: 0 };
  const parts: Parts = { scopes, emit, attempts, silence, phase: first, isStarted: false };

  return {
    get phase() {
      return parts.phase;
    },
    get isConnected() {
      return isConnected(parts);
    },
    dropped: (end, nowMs) => dropped(parts, end, nowMs),
    fail: (reason, nowMs) => fail(parts, reason, nowMs),
    resume: (nowMs) => resume(parts, nowMs),
    connected(views, nowMs) {
      if (parts.phase.is === 'paused') {
        emit({ type: 'disconnect', reason: 'paused' });
      } else if (!isConnected(parts)) {
        parts.phase = { is: 'authenticating', isAnswered: false };
        silence.begin(nowMs);
        scopes.renew(views);
      }
    },
    heard: silence.heard,
    answered() {
      parts.phase = { is: 'authenticating', isAnswered: true };
    },
    welcomed(nowMs) {
      parts.phase = { is: 'online', sinceMs: nowMs };
    },
    refused(verdict) {
      parts.phase = { is: 'refused', ...verdict };
      attempts.slowDown();
    },
    tick: (nowMs) => tick(parts, nowMs),
    pause() {
      const wasConnected = isConnected(parts) || parts.phase.is === 'connecting';
      parts.phase = { is: 'paused' };
      scopes.reset();
      if (wasConnected) {
        emit({ type: 'disconnect', reason: 'paused' });
      }
    },
  };
}

function isConnected({ phase }: Parts): boolean {
  return phase.is === 'authenticating' || phase.is === 'online';
}

function dropped(parts: Parts, end: ConnectionEnd, nowMs: number): void {
  const { scopes, emit, attempts, phase } = parts;
  if (phase.is === 'online' && nowMs - phase.sinceMs >= stableMs) {
    attempts.startAnew();
  }
  scopes.reset();
  if (end.untrusted === true) {
    attempts.slowDown();
  }
  const afterMs = attempts.nextMs();
  parts.phase = phaseAfter(phase, end, nowMs + afterMs);
  emit({ type: 'connect', afterMs: Math.max(1, afterMs) });
}

function fail(parts: Parts, reason: string, nowMs: number): void {
  parts.emit({ type: 'disconnect', reason });
  dropped(parts, { reason }, nowMs);
}

function resume(parts: Parts, nowMs: number): void {
  if (!isConnected(parts) && parts.phase.is !== 'connecting') {
    parts.isStarted = true;
    parts.attempts.startAnew();
    parts.phase = { is: 'connecting', sinceMs: nowMs };
    parts.emit({ type: 'connect', afterMs: 0 });
  }
}

function tick(parts: Parts, nowMs: number): void {
  const { phase } = parts;
  if (phase.is === 'offline' && !parts.isStarted) {
    resume(parts, nowMs);
  } else if (phase.is === 'offline' && nowMs >= phase.nextAttemptMs) {
    parts.phase = { is: 'connecting', sinceMs: nowMs };
  } else if (phase.is === 'connecting' && nowMs - phase.sinceMs > silenceLimitMs) {
    fail(parts, 'the relay does not answer', nowMs);
  } else if (isConnected(parts)) {
    keepAlive(parts, nowMs);
  }
}

function keepAlive(parts: Parts, nowMs: number): void {
  const { scopes, emit, silence, phase } = parts;
  if (silence.isOver(nowMs)) {
    fail(parts, 'nothing was heard of the relay for 30 s', nowMs);
    return;
  }
  if (phase.is === 'online' && silence.takePing(nowMs)) {
    emit({ type: 'send', message: { type: 'ping' } });
  }
  scopes.tick(nowMs);
}
