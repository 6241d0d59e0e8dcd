import { base32FromBytes, base64urlFromBytes, bytesFromBase64url, utf8 } from '../base/bytes.ts';
import { type DeviceId, type ScopeId, parseDeviceId, parseScopeId } from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import type { Detail, ReasonCode } from '../contract/reasons.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Store } from '../store/port.ts';
import { type AlarmKind, alarmKinds, wordsOf } from './alarm-words.ts';
import { type Core, commit } from './core.ts';

/** Something that a person must know of, and that stays true until its cause is gone. */
export interface Alarm {
  /** The same for the same cause, so that it is raised once. */
  readonly id: string;
  readonly kind: AlarmKind;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId | null;
  readonly relayUrl: string | null;
  readonly reasonCode: ReasonCode;
  readonly detail: Detail;
  /** What happened and what to do next. */
  readonly message: string;
  readonly sinceMs: number;
  /** When its cause was gone; null while it is not. */
  readonly clearedMs: number | null;
}

export interface AlarmFacts {
  readonly kind: AlarmKind;
  readonly scopeId: ScopeId;
  readonly deviceId?: DeviceId;
  readonly relayUrl?: string;
  /** Signed bytes that prove it; kept as long as the alarm. */
  readonly evidence?: readonly Uint8Array[];
}

/** Which open alarms are meant; what is left out matches all. */
export type AlarmMatch = Partial<Pick<AlarmFacts, 'kind' | 'scopeId' | 'deviceId' | 'relayUrl'>>;

/** The list as the disk has it, kept in memory because it is asked for with every batch. */
export interface AlarmList {
  all(): readonly Alarm[];
  /** Devices of a scope whose chains are isolated. */
  isIsolated(scopeId: ScopeId, deviceId: DeviceId): boolean;
  /** Two histories of a scope's membership log are known. */
  isForked(scopeId: ScopeId): boolean;
  set(alarms: readonly Alarm[]): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'alarms';
const evidenceSetting = 'alarm.evidence.';
/** Beyond it the oldest go, those that are cleared before those that are not. */
const mostAlarms = 256;

export function createAlarmList(store: Store): AlarmList {
  let known: readonly Alarm[] | undefined;

  function all(): readonly Alarm[] {
    known ??= read(store.settings.get(setting));
    return known;
  }

  return {
    all,
    isIsolated: (scopeId, deviceId) =>
      all().some((alarm) => isOpen(alarm, { kind: 'device_equivocation', scopeId, deviceId })),
    isForked: (scopeId) => all().some((alarm) => isOpen(alarm, { kind: 'log_fork', scopeId })),
    set(alarms) {
      store.settings.set(setting, alarms.map(jsonOf));
      known = alarms;
    },
    forget() {
      known = undefined;
    },
  };
}

/** Raises an alarm unless it stands already. One transaction. */
export function raiseAlarm(core: Core, facts: AlarmFacts): void {
  if (core.alarms.all().some((alarm) => isOpen(alarm, facts))) {
    return;
  }
  commit(core, () => {
    noteAlarm(core, facts);
  });
}

/** Clears what matches and is open. One transaction, none when nothing does. */
export function clearAlarms(core: Core, match: AlarmMatch): void {
  if (core.alarms.all().some((alarm) => isOpen(alarm, match))) {
    commit(core, () => {
      settleAlarms(core, match);
    });
  }
}

/** As {@link raiseAlarm}, inside the caller's transaction. */
export function noteAlarm(core: Core, facts: AlarmFacts): void {
  const alarms = core.alarms.all();
  if (alarms.some((alarm) => isOpen(alarm, facts))) {
    return;
  }
  const { kind, scopeId, deviceId = null, relayUrl = null, evidence = [] } = facts;
  const id = alarmId(facts);
  const alarm: Alarm = {
    id,
    kind,
    scopeId,
    deviceId,
    relayUrl,
    ...wordsOf(facts),
    sinceMs: core.nowMs(),
    clearedMs: null,
  };
  const kept = [...alarms.filter((other) => other.id !== id), alarm];
  const dropped = kept.length <= mostAlarms ? undefined : (kept.find(({ clearedMs }) => clearedMs !== null) ?? kept[0]);
  core.alarms.set(kept.filter((other) => other !== dropped));
  if (dropped !== undefined) {
    core.store.settings.remove(`${evidenceSetting}${dropped.id}`);
  }
  if (evidence.length > 0) {
    core.store.settings.set(`${evidenceSetting}${id}`, evidence.map(base64urlFromBytes));
  }
  tell(core, alarm, 'alarm.raised');
}

/** As {@link clearAlarms}, inside the caller's transaction. */
export function settleAlarms(core: Core, match: AlarmMatch): void {
  const open = core.alarms.all().filter((alarm) => isOpen(alarm, match));
  if (open.length === 0) {
    return;
  }
  const clearedMs = core.nowMs();
  core.alarms.set(core.alarms.all().map((alarm) => (open.includes(alarm) ? { ...alarm, clearedMs } : alarm)));
  for (const alarm of open) {
    tell(core, alarm, 'alarm.cleared');
  }
}

/** The signed bytes that prove an alarm; none where it needs no proof. */
export function evidenceOf(store: Store, alarmId: string): readonly Uint8Array[] {
  const saved = store.settings.get(`${evidenceSetting}${alarmId}`);
  return (Array.isArray(saved) ? (saved as readonly JsonValue[]) : []).flatMap((text) => {
    const bytes = typeof text === 'string' ? bytesFromBase64url(text) : undefined;
    return bytes === undefined ? [] : [bytes];
  });
}

function tell(core: Core, alarm: Alarm, type: 'alarm.raised' | 'alarm.cleared'): void {
  const { id, kind, scopeId, deviceId, reasonCode, detail } = alarm;
  core.pendingEvents.push({ type, data: { id, kind, scopeId, deviceId, reasonCode } });
  core.journal.audit({
    eventType: type === 'alarm.raised' ? 'sync.alarm.raised' : 'sync.alarm.cleared',
    actorId: core.self,
    subjectId: deviceId ?? scopeId,
    policyDomain: 'sync',
    outcome: type === 'alarm.raised' ? 'error' : 'informational',
    reasonCode,
    details: { alarmId: id, kind, scopeId, detail },
  });
}

function isOpen(alarm: Alarm, { kind, scopeId, deviceId, relayUrl }: AlarmMatch): boolean {
  return (
    alarm.clearedMs === null &&
    (kind === undefined || alarm.kind === kind) &&
    (scopeId === undefined || alarm.scopeId === scopeId) &&
    (deviceId === undefined || alarm.deviceId === deviceId) &&
    (relayUrl === undefined || alarm.relayUrl === relayUrl)
  );
}

function alarmId({ kind, scopeId, deviceId, relayUrl }: AlarmFacts): string {
  const digest = sha256(utf8([kind, scopeId, deviceId ?? '', relayUrl ?? ''].join('\n')));
  return `al_${base32FromBytes(digest).slice(0, 16)}`;
}

function jsonOf(alarm: Alarm): JsonObject {
  return { ...alarm };
}

/** The words of a saved alarm are read too: they are those of the version that raised it. */
function read(saved: JsonValue | undefined): readonly Alarm[] {
  return Array.isArray(saved) ? (saved as readonly JsonValue[]).flatMap((value) => alarmFrom(value) ?? []) : [];
}

function alarmFrom(value: JsonValue): Alarm | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { id, kind, scopeId, deviceId, relayUrl, reasonCode, detail, message, sinceMs, clearedMs } = value;
  const isWhole =
    typeof id === 'string' &&
    alarmKinds.some((known) => known === kind) &&
    typeof scopeId === 'string' &&
    parseScopeId(scopeId) !== undefined &&
    (deviceId === null || (typeof deviceId === 'string' && parseDeviceId(deviceId) !== undefined)) &&
    (relayUrl === null || typeof relayUrl === 'string') &&
    typeof reasonCode === 'string' &&
    typeof detail === 'string' &&
    typeof message === 'string' &&
    typeof sinceMs === 'number' &&
    (clearedMs === null || typeof clearedMs === 'number');
  return isWhole ? (value as unknown as Alarm) : undefined;
}
