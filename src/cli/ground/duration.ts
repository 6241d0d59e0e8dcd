const secondsByUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 24 * 3600 };

/** Seconds of `90s`, `15m`, `24h` or `30d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsByUnit[unit ?? ''] ?? 0);
  return seconds > 0 ? seconds : undefined;
}
