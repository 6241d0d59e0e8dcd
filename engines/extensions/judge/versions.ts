import type { JsonValue } from '../../../src/base/json.ts';

/** What a maker counts by: numbers, and what stands behind them for one that is no release. */
interface Version {
  readonly numbers: readonly number[];
  readonly isRelease: boolean;
}

const pattern = /^v?(\d{1,12}(?:\.\d{1,12}){0,5})((?:[a-z]{1,10}\d{0,6})?(?:[-+~][0-9A-Za-z.+~-]{1,80})?)$/;

/** Undefined for what is no version: `banana`, `latest`, `1.x`. */
export function versionOf(value: JsonValue | undefined): Version | undefined {
  const found = typeof value === 'string' ? pattern.exec(value) : null;
  return found === null
    ? undefined
    : {
        numbers: (found[1] as string).split('.').map(Number),
        isRelease: found[2] === '' || found[2]?.startsWith('+') === true,
      };
}

export type VersionStep = 'none' | 'patch' | 'more' | 'back';

/** From one version to another; undefined where one of them is none. */
export function stepBetween(before: JsonValue | undefined, next: JsonValue | undefined): VersionStep | undefined {
  const [was, is] = [versionOf(before), versionOf(next)];
  if (was === undefined || is === undefined) {
    return undefined;
  }
  if (before === next) {
    return 'none';
  }
  const at = [0, 1, 2, 3, 4, 5].find((index) => (was.numbers[index] ?? 0) !== (is.numbers[index] ?? 0));
  if (at === undefined) {
    return was.isRelease || !is.isRelease ? 'back' : 'more';
  }
  if ((is.numbers[at] ?? 0) < (was.numbers[at] ?? 0)) {
    return 'back';
  }
  return at >= 2 && is.isRelease ? 'patch' : 'more';
}
