import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';

/** How long a memory is kept: for so many days, or up to a day. */
interface Keeping {
  readonly kind: 'for' | 'until';
  readonly days: number;
}

/** True where one keeps longer than the other, or keeps at all what was not kept; undefined where nobody can tell. */
export function isLonger(was: JsonValue | undefined, is: JsonValue | undefined): boolean | undefined {
  const after = keepingOf(is);
  if (after === undefined || after.days === Number.POSITIVE_INFINITY) {
    return was === undefined && is === undefined ? false : after && true;
  }
  const before: Keeping | undefined =
    was === undefined ? { kind: after.kind, days: Number.POSITIVE_INFINITY } : keepingOf(was);
  if (before === undefined) {
    return undefined;
  }
  return before.days === Number.POSITIVE_INFINITY
    ? false
    : before.kind === after.kind
      ? after.days > before.days
      : undefined;
}

const units: Readonly<Record<string, number>> = {
  ...{ s: 1 / 86_400, sec: 1 / 86_400, second: 1 / 86_400, min: 1 / 1440, minute: 1 / 1440, h: 1 / 24, hour: 1 / 24 },
  ...{ d: 1, day: 1, w: 7, week: 7, month: 30, mon: 30, y: 365, year: 365 },
};

function keepingOf(value: JsonValue | undefined): Keeping | undefined {
  if (value === undefined) {
    return { kind: 'for', days: Number.POSITIVE_INFINITY };
  }
  if (isJsonObject(value)) {
    const [[name, inner] = [], other] = Object.entries(value);
    return name !== undefined && other === undefined ? keepingOfMember(name, inner as JsonValue) : undefined;
  }
  if (typeof value !== 'string') {
    return undefined;
  }
  const words = value
    .trim()
    .toLowerCase()
    .replace(/^(['"])(.*)\1$/, '$2');
  if (/^(?:forever|permanent|always|indefinite|indefinitely|unlimited|none)$/.test(words)) {
    return { kind: 'for', days: Number.POSITIVE_INFINITY };
  }
  if (/^\d{4}-\d\d-\d\d(?:t[\d:.]+(?:z|[+-]\d\d:?\d\d)?)?$/.test(words)) {
    const time = Date.parse(words.toUpperCase());
    return Number.isNaN(time) ? undefined : { kind: 'until', days: time / 86_400_000 };
  }
  return durationOf(words);
}

function durationOf(words: string): Keeping | undefined {
  const [, period, unit = ''] = /^p(\d{1,6})([dwmy])$/.exec(words) ?? [];
  if (period !== undefined) {
    return { kind: 'for', days: Number(period) * (unit === 'm' ? 30 : (units[unit] as number)) };
  }
  const [, count, name = ''] = /^(\d{1,6})\s*([a-z]+?)s?$/.exec(words) ?? [];
  const days = Object.hasOwn(units, name) ? units[name] : undefined;
  return count === undefined || days === undefined ? undefined : { kind: 'for', days: Number(count) * days };
}

function keepingOfMember(name: string, value: JsonValue): Keeping | undefined {
  if (typeof value === 'string' && /^(?:until|expires|expiresAt|date)$/.test(name)) {
    return keepingOf(value);
  }
  const unit = name.replace(/s$/, '');
  const days = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return typeof value === 'number' && value >= 0 && days !== undefined
    ? { kind: 'for', days: value * days }
    : undefined;
}
