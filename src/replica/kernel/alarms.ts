import { base32FromBytes, base64urlFromBytes, bytesFromBase64url, utf8 } from '../../base/bytes.ts';
import { type DeviceId, type ScopeId, parseDeviceId, parseScopeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { Store } from '../../store/ground/port.ts';
import { claimsFrom, mergedClaims, standingClaims } from '../lists/alarm-claims.ts';
import {
  type AlarmClaim,
  alarmKinds,
  type Alarm,
  type AlarmFacts,
  type AlarmMatch,
  type AlarmList,
} from '../names/alarm.ts';
import { wordsOf } from '../lists/alarm-words.ts';
import { type Core, commit } from './core.ts';
import type { Notices } from './notices.ts';
import type { ThisDevice } from './this-device.ts';

const setting = 'alarms';
const evidenceSetting = 'alarm.evidence.';
/** Beyond it the oldest go: those that are cleared first, then those that rest on a device's word, proofs last. */
const mostAlarms = 256;

export function createAlarmList(store: Pick<Store, 'settings'>): AlarmList {
  let known: readonly Alarm[] | undefined;

  function all(): readonly Alarm[] {
    known ??= read(store);
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

/** Raises an alarm unless it stands already. One transaction, none when nothing is new. */
export function raiseAlarm(core: Core, facts: AlarmFacts): void {
  if (isNews(core.notices, facts)) {
    commit(core, () => {
      noteAlarm(core, facts);
    });
  }
}

/** True unless an alarm stands that says all of it. */
export function isNews(notices: Notices, facts: AlarmFacts): boolean {
  const standing = notices.alarms.all().find((alarm) => isOpen(alarm, facts));
  return standing === undefined || strengthened(standing, facts) !== standing;
}

/** Clears what matches and is open. One transaction, none when nothing does. */
export function clearAlarms(core: Core, match: AlarmMatch): void {
  if (core.notices.alarms.all().some((alarm) => isOpen(alarm, match))) {
    commit(core, () => {
      settleAlarms(core, match);
    });
  }
}

/** As {@link raiseAlarm}, inside the caller's transaction. */
export function noteAlarm(core: Pick<Core, 'store' | 'device' | 'notices'>, facts: AlarmFacts): void {
  const alarms = core.notices.alarms.all();
  const standing = alarms.find((alarm) => isOpen(alarm, facts));
  const alarm = standing === undefined ? alarmOf(core.device, facts) : strengthened(standing, facts);
  if (alarm === standing) {
    return;
  }
  const kept =
    standing === undefined
      ? [...alarms.filter(({ id }) => id !== alarm.id), alarm]
      : alarms.map((other) => (other === standing ? alarm : other));
  const dropped = kept.length <= mostAlarms ? undefined : leastOf(kept);
  core.notices.alarms.set(kept.filter((other) => other !== dropped));
  if (dropped !== undefined) {
    core.store.settings.remove(`${evidenceSetting}${dropped.id}`);
  }
  const { evidence = [] } = facts;
  if (evidence.length > 0) {
    core.store.settings.set(`${evidenceSetting}${alarm.id}`, evidence.map(base64urlFromBytes));
  }
  if (standing === undefined) {
    tell(core, alarm, 'alarm.raised');
  }
}

function alarmOf(device: ThisDevice, facts: AlarmFacts): Alarm {
  const { kind, scopeId, deviceId = null, relayUrl = null, claims = null } = facts;
  const id = alarmId(facts);
  return {
    ...{ id, kind, scopeId, deviceId, relayUrl, ...wordsOf(facts), claims },
    sinceMs: device.nowMs(),
    clearedMs: null,
  };
}

/** The alarm with what else is known of it; the same one where nothing is. */
function strengthened(alarm: Alarm, facts: AlarmFacts): Alarm {
  if (alarm.claims === null) {
    return alarm;
  }
  const claims = facts.claims === undefined ? null : mergedClaims(alarm.claims, facts.claims);
  return claims === alarm.claims ? alarm : saidAnew(alarm, claims);
}

function saidAnew(alarm: Alarm, claims: Alarm['claims']): Alarm {
  const said = { ...alarm, claims };
  return { ...said, ...wordsOfAlarm(said) };
}

/** Its words, with devices as a person calls them. */
export function wordsOfAlarm(alarm: Alarm, nameOf?: (deviceId: DeviceId) => string): ReturnType<typeof wordsOf> {
  const { kind, scopeId, deviceId, relayUrl, claims } = alarm;
  const facts: AlarmFacts = {
    ...{ kind, scopeId },
    ...(deviceId === null ? {} : { deviceId }),
    ...(relayUrl === null ? {} : { relayUrl }),
    ...(claims === null ? {} : { claims }),
  };
  return wordsOf(facts, nameOf);
}

/**
 * Takes out of the open alarms of a scope what devices said that are not believed any more, and settles those that then
 * rest on nothing. Inside the caller's transaction.
 */
export function dropClaims(
  core: Pick<Core, 'device' | 'notices'>,
  scopeId: ScopeId,
  isBelieved: (deviceId: DeviceId) => boolean,
): void {
  for (const alarm of doubtful(core.notices, scopeId, isBelieved)) {
    restate(core, alarm, standingClaims(alarm.claims ?? [], isBelieved));
  }
}

/** True where {@link dropClaims} would do something. */
export function isDoubtful(notices: Notices, scopeId: ScopeId, isBelieved: (deviceId: DeviceId) => boolean): boolean {
  return doubtful(notices, scopeId, isBelieved).length > 0;
}

function doubtful(notices: Notices, scopeId: ScopeId, isBelieved: (deviceId: DeviceId) => boolean): readonly Alarm[] {
  return notices.alarms
    .all()
    .filter((alarm) => isOpen(alarm, { scopeId }) && alarm.claims !== null)
    .filter(({ claims }) => claims?.length === 0 || standingClaims(claims ?? [], isBelieved) !== claims);
}

/** The open alarm rests on these claims and no others, and is settled where there are none. Inside a transaction. */
export function restateAlarm(
  core: Pick<Core, 'device' | 'notices'>,
  match: AlarmMatch,
  claims: readonly AlarmClaim[],
): void {
  for (const alarm of core.notices.alarms.all().filter((one) => isOpen(one, match) && one.claims !== null)) {
    restate(core, alarm, claims);
  }
}

function restate(core: Pick<Core, 'device' | 'notices'>, alarm: Alarm, claims: readonly AlarmClaim[]): void {
  if (claims.length === 0) {
    settle(core, [alarm]);
  } else if (JSON.stringify(claims) !== JSON.stringify(alarm.claims)) {
    const said = saidAnew(alarm, claims);
    core.notices.alarms.set(core.notices.alarms.all().map((other) => (other === alarm ? said : other)));
  }
}

/** As {@link clearAlarms}, inside the caller's transaction. */
export function settleAlarms(core: Pick<Core, 'device' | 'notices'>, match: AlarmMatch): void {
  settle(
    core,
    core.notices.alarms.all().filter((alarm) => isOpen(alarm, match)),
  );
}

function settle(core: Pick<Core, 'device' | 'notices'>, open: readonly Alarm[]): void {
  if (open.length === 0) {
    return;
  }
  const clearedMs = core.device.nowMs();
  core.notices.alarms.set(
    core.notices.alarms.all().map((alarm) => (open.includes(alarm) ? { ...alarm, clearedMs } : alarm)),
  );
  for (const alarm of open) {
    tell(core, alarm, 'alarm.cleared');
  }
}

function leastOf(alarms: readonly Alarm[]): Alarm | undefined {
  return (
    alarms.find(({ clearedMs }) => clearedMs !== null) ?? alarms.find(({ claims }) => claims !== null) ?? alarms[0]
  );
}

/** The signed bytes that prove an alarm; none where it needs no proof. */
export function evidenceOf(store: Pick<Store, 'settings'>, alarmId: string): readonly Uint8Array[] {
  const saved = store.settings.get(`${evidenceSetting}${alarmId}`);
  return (Array.isArray(saved) ? (saved as readonly JsonValue[]) : []).flatMap((text) => {
    const bytes = typeof text === 'string' ? bytesFromBase64url(text) : undefined;
    return bytes === undefined ? [] : [bytes];
  });
}

function tell(core: Pick<Core, 'device' | 'notices'>, alarm: Alarm, type: 'alarm.raised' | 'alarm.cleared'): void {
  const { id, kind, scopeId, deviceId, reasonCode, detail } = alarm;
  core.notices.pendingEvents.push({ type, data: { id, kind, scopeId, deviceId, reasonCode } });
  core.notices.journal.audit({
    eventType: type === 'alarm.raised' ? 'sync.alarm.raised' : 'sync.alarm.cleared',
    actorId: core.device.id,
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
  const { claims } = alarm;
  return { ...alarm, claims: claims && claims.map((claim) => ({ ...claim })) };
}

/** The words of a saved alarm are read too: they are those of the version that raised it. */
function read(store: Pick<Store, 'settings'>): readonly Alarm[] {
  const saved = store.settings.get(setting);
  return Array.isArray(saved) ? (saved as readonly JsonValue[]).flatMap((value) => alarmFrom(store, value) ?? []) : [];
}

function alarmFrom(store: Pick<Store, 'settings'>, value: JsonValue): Alarm | undefined {
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
  if (!isWhole) {
    return undefined;
  }
  const alarm = value as unknown as Alarm;
  return { ...alarm, claims: claimsFrom(value['claims'], alarm, () => evidenceOf(store, id)) };
}
