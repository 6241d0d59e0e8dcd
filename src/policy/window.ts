import { base64urlFromBytes, utf8 } from '../base/bytes.ts';
import { canonicalBytes } from '../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { sha256 } from '../crypto/hash.ts';

/**
 * What was lost of one collection, or of one linked folder, within a rolling day, by this device's own clock: each record
 * once, by a short name for it. Whatever is too much within a minute is too much within the day around it, so that one
 * window does for both. Times are milliseconds since 1970.
 */
export interface LossWindow {
  /** Hours in which something was lost, oldest first. */
  readonly hours: readonly LostHour[];
  /** When the last restore point was written for it; null for never. */
  readonly pointMs: number | null;
}

interface LostHour {
  /** Hours since 1970. */
  readonly hour: number;
  /** When the last of them was lost. */
  readonly lastMs: number;
  /** The most that was live before one of its losses. */
  readonly live: number;
  readonly lost: readonly LostRecord[];
  /** Losses beyond those that are told apart. */
  readonly more: number;
}

/** A short name for a record: 48 bits of a hash of its id. */
export type LossKey = string;

/** A record that was lost, and 48 bits of a hash of what it was, by which it is known when it is back. */
export type LostRecord = readonly [key: LossKey, was: string];

/** What of a window counts at a moment. */
export interface Lost {
  readonly records: ReadonlyMap<LossKey, string>;
  readonly count: number;
  /** The most that was live before one of these losses; 0 where nothing is lost. */
  readonly live: number;
  /** All of it was lost within the last minute. */
  readonly isRecent: boolean;
}

export const emptyWindow: LossWindow = { hours: [], pointMs: null };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const dayMs: number = 24 * hourMs;
const keyLength = 8;
/** As many losses of one window are told apart; those beyond are counted as they come. */
export const mostRecords = 2_048;
/** As many that have run out of the day are kept all the same: a clock that jumped ahead may come back. */
const mostOldRecords = 512;

export function lossKeyOf(id: string): LossKey {
  return shortHash(utf8(id));
}

/** The record as a window knows it, and what it was before it was lost. */
export function lostRecord(id: string, fields: JsonObject | null): LostRecord {
  return [lossKeyOf(id), shortHash(canonicalBytes(fields))];
}

function shortHash(bytes: Uint8Array): string {
  return base64urlFromBytes(sha256(bytes).subarray(0, 6));
}

/** What was lost within the day before a moment. What a clock that was ahead noted as later counts too. */
export function lostWithin(window: LossWindow, nowMs: number): Lost {
  const hours = window.hours.filter((hour) => isOfDay(hour, nowMs));
  const records = new Map(hours.flatMap((hour) => hour.lost));
  return {
    records,
    count: records.size + hours.reduce((sum, { more }) => sum + more, 0),
    live: Math.max(0, ...hours.map(({ live }) => live)),
    isRecent: hours.every(({ hour, lastMs }) => hour >= hourOf(nowMs - minuteMs) && lastMs > nowMs - minuteMs),
  };
}

/** The window after more was lost, of so many records that were live before. */
export function withLosses(window: LossWindow, nowMs: number, lost: Iterable<LostRecord>, live: number): LossWindow {
  const { records: known } = lostWithin(window, nowMs);
  const fresh = [...new Map(lost)].filter(([key]) => !known.has(key));
  if (fresh.length === 0) {
    return window;
  }
  const told = fresh.slice(0, Math.max(0, mostRecords - known.size));
  const now: LostHour = {
    ...{ hour: hourOf(nowMs), lastMs: nowMs, live, lost: told },
    more: fresh.length - told.length,
  };
  return {
    ...window,
    hours: withoutOld(joined([...window.hours.map((hour) => broughtBack(hour, nowMs)), now]), nowMs),
  };
}

/** The window without records that are there again. */
export function withoutLosses(window: LossWindow, keys: ReadonlySet<LossKey>): LossWindow {
  const hours = window.hours.map((hour) => ({ ...hour, lost: hour.lost.filter(([key]) => !keys.has(key)) }));
  return { ...window, hours: hours.filter(({ lost, more }) => lost.length + more > 0) };
}

/** Where a person has decided nothing that was lost counts any longer. */
export function endedWindow({ pointMs }: LossWindow): LossWindow {
  return { hours: [], pointMs };
}

function isOfDay({ hour }: LostHour, nowMs: number): boolean {
  return (hour + 1) * hourMs > nowMs - dayMs;
}

/** An hour that a clock that was ahead noted counts from now on, and not for ever. */
function broughtBack(noted: LostHour, nowMs: number): LostHour {
  return noted.lastMs > nowMs ? { ...noted, hour: hourOf(nowMs), lastMs: nowMs } : noted;
}

function joined(hours: readonly LostHour[]): readonly LostHour[] {
  const byHour = new Map<number, LostHour>();
  for (const next of [...hours].sort((left, right) => left.hour - right.hour)) {
    const before = byHour.get(next.hour);
    byHour.set(
      next.hour,
      before === undefined
        ? next
        : {
            hour: next.hour,
            lastMs: Math.max(before.lastMs, next.lastMs),
            live: Math.max(before.live, next.live),
            lost: [...new Map([...next.lost, ...before.lost])],
            more: before.more + next.more,
          },
    );
  }
  return [...byHour.values()];
}

function withoutOld(hours: readonly LostHour[], nowMs: number): readonly LostHour[] {
  const kept: LostHour[] = [];
  let old = 0;
  for (const hour of hours.toReversed()) {
    const isOld = !isOfDay(hour, nowMs);
    old += isOld ? hour.lost.length : 0;
    if (!isOld || old <= mostOldRecords) {
      kept.push(hour);
    }
  }
  return kept.reverse();
}

function hourOf(ms: number): number {
  return Math.floor(ms / hourMs);
}

/** As it is kept: what was lost in an hour is one text. */
export function windowJson({ hours, pointMs }: LossWindow): JsonObject {
  return { pointMs, hours: hours.map(({ lost, ...hour }) => ({ ...hour, lost: lost.flat().join('') })) };
}

/** The device wrote it itself, sealed: its form is not asked for again. */
export function windowFromJson(saved: JsonValue | undefined): LossWindow {
  if (!isJsonObject(saved)) {
    return emptyWindow;
  }
  const { hours, pointMs } = saved as unknown as {
    readonly hours: readonly (Omit<LostHour, 'lost'> & { readonly lost: string })[];
    readonly pointMs: number | null;
  };
  return { pointMs, hours: hours.map(({ lost, ...hour }) => ({ ...hour, lost: pairsOf(keysIn(lost)) })) };
}

function pairsOf(texts: readonly string[]): readonly LostRecord[] {
  return texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? ''] as const] : []));
}

/** Names of records that stand in one text. */
export function keysIn(text: string): readonly LossKey[] {
  return Array.from({ length: text.length / keyLength }, (_, index) =>
    text.slice(index * keyLength, (index + 1) * keyLength),
  );
}
