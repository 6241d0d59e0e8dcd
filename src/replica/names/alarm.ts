import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { Detail, ReasonCode } from '../../contract/reasons.ts';

export const alarmKinds = [
  'relay_rewound',
  'withheld',
  'not_forwarded',
  'log_fork',
  'log_rollback',
  'peer_fork',
  'device_equivocation',
  'device_unseen',
] as const;

export type AlarmKind = (typeof alarmKinds)[number];

/** What one device said that an alarm rests on. */
export interface AlarmClaim {
  /** Who says so. */
  readonly by: DeviceId;
  /** The number that it named: of a batch, or of an entry of the membership log. */
  readonly sequence: number;
  /** When it was heard here. */
  readonly atMs: number;
  /** Who says otherwise, where it contradicts their word alone; empty where it stands against what is here. */
  readonly against: readonly DeviceId[];
}

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
  /** On whose word alone it rests, and it goes with them; null where this device saw for itself, or holds a proof. */
  readonly claims: readonly AlarmClaim[] | null;
  readonly sinceMs: number;
  /** When its cause was gone; null while it is not. */
  readonly clearedMs: number | null;
}

export interface AlarmFacts {
  readonly kind: AlarmKind;
  readonly scopeId: ScopeId;
  readonly deviceId?: DeviceId;
  readonly relayUrl?: string;
  /** Who says so, where nothing else shows it. */
  readonly claims?: readonly AlarmClaim[];
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
