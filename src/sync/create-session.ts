import { unreachable } from '../base/assert.ts';
import type { ScopeId } from '../base/ids.ts';
import { backoffMs } from './backoff.ts';
import { type RelayMessage, whisperVersion } from './messages.ts';
import { type ScopeSync, createScopeSync } from './scope-sync.ts';
import type {
  RelayState,
  ScopeSyncState,
  ScopeView,
  Session,
  SessionEffect,
  SessionEvent,
  SessionOptions,
} from './session.ts';

/** A connection this old was a good one: the next failure starts with a short wait again. */
const stableMs = 10_000;
const quietBeforePingMs = 12_000;
const silenceLimitMs = 30_000;
const maximumScopes = 1024;
/** A relay that says no is asked again after half a minute on average. */
const slowAttempt = 7;

type ScopeMessage = Exclude<Extract<RelayMessage, { scopeId: ScopeId }>, { type: 'error' }>;

type Phase =
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

/** Creates a session in state offline; the first `tick` or `resume` connects. Rules: SPEC.md in this folder. */
export function createSession(options: SessionOptions): Session {
  let effects: SessionEffect[] = [];
  const emit = (effect: SessionEffect): void => void effects.push(effect);
  const scopes = new Map<ScopeId, ScopeSync>();
  /** Delivery handles are never reused, so that a late `committed` of an old connection means nothing. */
  const scopeByHandle = new Map<number, ScopeSync>();
  let lastHandle = 0;
  let relayLogs = new Map<ScopeId, number>();
  /** What the relay of this connection speaks. */
  let relayVersion = 0;
  let phase: Phase = { is: 'offline', reason: 'not started', nextAttemptMs: 0 };
  let isStarted = false;
  let attempt = 0;
  let heardMs = 0;
  let pingedMs = 0;
  let shown = '';

  options.views.forEach(addScope);

  function addScope(view: ScopeView): ScopeSync {
    const scope = createScopeSync(view, options, emit);
    scopes.set(view.scopeId, scope);
    return scope;
  }

  function connect(afterMs: number, nowMs: number): void {
    if (afterMs <= 0) {
      phase = { is: 'connecting', sinceMs: nowMs };
    }
    emit({ type: 'connect', afterMs });
  }

  /** The connection is over, whoever ended it; a verdict on the relay is shown until the next attempt says otherwise. */
  function drop(reason: string, nowMs: number, untrusted = false, noRoute = false): void {
    if (phase.is === 'online' && nowMs - phase.sinceMs >= stableMs) {
      attempt = 0;
    }
    for (const scope of scopes.values()) {
      scope.reset(undefined);
    }
    scopeByHandle.clear();
    if (untrusted) {
      attempt = Math.max(attempt, slowAttempt);
    }
    const afterMs = backoffMs(attempt++, options.random);
    if (untrusted) {
      phase = { is: 'untrusted', reason };
    } else if (phase.is !== 'refused') {
      phase = { is: 'offline', reason, nextAttemptMs: nowMs + afterMs, ...(noRoute ? { noRoute } : {}) };
    }
    emit({ type: 'connect', afterMs: Math.max(1, afterMs) });
  }

  function fail(reason: string, nowMs: number): void {
    emit({ type: 'disconnect', reason });
    drop(reason, nowMs);
  }

  function isConnected(): boolean {
    return phase.is === 'authenticating' || phase.is === 'online';
  }

  function step(event: SessionEvent, nowMs: number): readonly SessionEffect[] {
    effects = [];
    handle(event, nowMs);
    showState();
    return effects;
  }

  function handle(event: SessionEvent, nowMs: number): void {
    switch (event.type) {
      case 'connected':
        return onConnected(event.views, nowMs);
      case 'message':
        return isConnected() ? onMessage(event.message, nowMs) : undefined;
      case 'bad_frame':
        return isConnected() ? fail(`the relay sent a frame that cannot be read: ${event.reason}`, nowMs) : undefined;
      case 'disconnected':
        return phase.is === 'paused' ? undefined : drop(event.reason, nowMs, event.untrusted, event.noRoute);
      case 'appended':
        return scopes.get(event.scopeId)?.pushes.appended(event);
      case 'own_batches':
        return scopes.get(event.scopeId)?.ownBatches(event.batches);
      case 'chain_batches':
        return scopes.get(event.scopeId)?.seeds.chainBatches(event.deviceId, event.batches);
      case 'own_entries':
        return scopes.get(event.scopeId)?.entries.ownEntries(event.from, event.entries);
      case 'committed': {
        const scope = scopeByHandle.get(event.delivery);
        scopeByHandle.delete(event.delivery);
        return scope?.committed(event.delivery);
      }
      case 'scope_added':
        return onScopeAdded(event.view);
      case 'entries_held':
        return scopes.get(event.scopeId)?.entriesHeld(event.logSequence);
      case 'entry_wanted':
        return scopes.get(event.scopeId)?.entries.want(event.sequence, event.entry);
      case 'whisper':
        return whisper(event);
      case 'tick':
        return onTick(nowMs);
      case 'pause':
        return onPause();
      case 'resume':
        return onResume(nowMs);
      default:
        return unreachable(event);
    }
  }

  /** Only to a relay that knows what it is, and has let this device into the scope. */
  function whisper({ scopeId, body }: Extract<SessionEvent, { type: 'whisper' }>): void {
    if (phase.is === 'online' && relayVersion >= whisperVersion && scopes.get(scopeId)?.isOpen === true) {
      emit({ type: 'send', message: { type: 'whisper', scopeId, body } });
    }
  }

  function onConnected(views: readonly ScopeView[] | undefined, nowMs: number): void {
    if (phase.is === 'paused') {
      emit({ type: 'disconnect', reason: 'paused' });
      return;
    }
    if (isConnected()) {
      return;
    }
    phase = { is: 'authenticating', isAnswered: false };
    heardMs = nowMs;
    pingedMs = nowMs;
    for (const view of views ?? []) {
      const scope = scopes.get(view.scopeId) ?? addScope(view);
      scope.reset(view);
    }
  }

  function onScopeAdded(view: ScopeView): void {
    const known = scopes.get(view.scopeId);
    if (known !== undefined || scopes.size >= maximumScopes) {
      known?.pushes.raise(view.ownHead?.sequence ?? 0);
      return;
    }
    const scope = addScope(view);
    if (phase.is === 'online') {
      scope.begin(relayLogs.get(view.scopeId) ?? -1);
    }
  }

  function onTick(nowMs: number): void {
    switch (phase.is) {
      case 'offline':
        if (!isStarted) {
          onResume(nowMs);
        } else if (nowMs >= phase.nextAttemptMs) {
          phase = { is: 'connecting', sinceMs: nowMs };
        }
        return undefined;
      case 'connecting':
        return nowMs - phase.sinceMs > silenceLimitMs ? fail('the relay does not answer', nowMs) : undefined;
      case 'authenticating':
      case 'online':
        return keepAlive(nowMs);
      case 'refused':
      case 'untrusted':
      case 'paused':
        return undefined;
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
    for (const scope of scopes.values()) {
      scope.tick(nowMs);
    }
  }

  function onPause(): void {
    const wasConnected = isConnected() || phase.is === 'connecting';
    phase = { is: 'paused' };
    for (const scope of scopes.values()) {
      scope.reset(undefined);
    }
    scopeByHandle.clear();
    if (wasConnected) {
      emit({ type: 'disconnect', reason: 'paused' });
    }
  }

  /** Also "try now" while waiting for the next attempt. */
  function onResume(nowMs: number): void {
    if (!isConnected() && phase.is !== 'connecting') {
      isStarted = true;
      attempt = 0;
      connect(0, nowMs);
    }
  }

  function onMessage(message: RelayMessage, nowMs: number): void {
    heardMs = nowMs;
    const fault = phase.is === 'online' ? onlineMessage(message, nowMs) : greeting(message, nowMs);
    if (fault !== undefined) {
      fail(fault, nowMs);
    }
  }

  /** Before the welcome. A reason when the relay breaks the protocol. */
  function greeting(message: RelayMessage, nowMs: number): string | undefined {
    const isAnswered = phase.is === 'authenticating' && phase.isAnswered;
    switch (message.type) {
      case 'challenge':
        if (isAnswered) {
          return 'the relay sent a second challenge';
        }
        phase = { is: 'authenticating', isAnswered: true };
        relayVersion = message.version;
        emit({ type: 'answer_challenge', nonce: message.nonce, version: message.version });
        return undefined;
      case 'welcome':
        if (!isAnswered) {
          return 'the relay sent a welcome before its challenge';
        }
        phase = { is: 'online', sinceMs: nowMs };
        relayLogs = new Map(message.scopes.map((scope) => [scope.scopeId, scope.logSequence]));
        for (const [scopeId, scope] of scopes) {
          scope.begin(relayLogs.get(scopeId) ?? -1);
        }
        return undefined;
      case 'error':
        return onError(message, nowMs);
      default:
        return `the relay sent ${message.type} before its welcome`;
    }
  }

  function onlineMessage(message: RelayMessage, nowMs: number): string | undefined {
    switch (message.type) {
      case 'pong':
        return undefined;
      case 'error':
        return onError(message, nowMs);
      case 'challenge':
      case 'welcome':
      case 'mailbox_opened':
      case 'mailbox_message':
        return `the relay sent ${message.type} in the middle of a session`;
      default:
        return scopeMessage(message, nowMs);
    }
  }

  function scopeMessage(message: ScopeMessage, nowMs: number): string | undefined {
    const { scopeId } = message;
    const scope = scopes.get(scopeId);
    if (scope === undefined) {
      return `the relay sent ${message.type} of a scope that was not asked for`;
    }
    switch (message.type) {
      case 'state':
        return scope.opened(message);
      case 'entries':
        return scope.entries.receive(message.from, message.entries)
          ? undefined
          : 'the relay left out membership entries';
      case 'entry_appended':
        scope.entryAppended(message.sequence);
        return undefined;
      case 'acknowledge':
        return scope.acknowledged(message.sequence);
      case 'seeded':
        return scope.seeded(message.deviceId, message.sequence);
      case 'whispered':
        emit({ type: 'whispered', scopeId, body: message.body });
        return undefined;
      case 'left':
        emit({ type: 'left', deviceId: message.deviceId });
        return undefined;
      case 'deliver':
        lastHandle++;
        scopeByHandle.set(lastHandle, scope);
        return scope.deliver(message, lastHandle, nowMs);
      default:
        return unreachable(message);
    }
  }

  function onError(error: Extract<RelayMessage, { type: 'error' }>, nowMs: number): string | undefined {
    if (error.scopeId !== null) {
      return scopes.get(error.scopeId)?.refused(error, nowMs);
    }
    if (error.code === 'E_AUTH' || error.code === 'E_VERSION' || error.code === 'E_FORBIDDEN') {
      phase = { is: 'refused', code: error.code, reason: error.message };
      attempt = Math.max(attempt, slowAttempt);
    }
    return error.message;
  }

  function stateNow(): RelayState {
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
        return { state: 'online', scopes: scopeStates() };
      case 'refused':
        return { state: 'refused', code: phase.code, reason: phase.reason };
      case 'untrusted':
        return { state: 'untrusted', reason: phase.reason };
      case 'paused':
        return { state: 'paused' };
    }
  }

  function scopeStates(): Readonly<Record<ScopeId, ScopeSyncState>> {
    return Object.fromEntries([...scopes].map(([scopeId, scope]) => [scopeId, scope.state]));
  }

  /** Reports a change that a person would see; counters that move with every batch are read from `state`. */
  function showState(): void {
    let key = phase.is === 'offline' ? `offline ${phase.nextAttemptMs}` : phase.is;
    if (phase.is === 'online') {
      for (const scope of scopes.values()) {
        const { caughtUp, inFlight, refused } = scope.state;
        key += ` ${caughtUp ? 'c' : '-'}${inFlight > 0 ? 'f' : '-'}${refused?.code ?? ''}`;
      }
    }
    if (key !== shown) {
      shown = key;
      emit({ type: 'state_changed', state: stateNow() });
    }
  }

  return {
    step,
    get state(): RelayState {
      return stateNow();
    },
  };
}
