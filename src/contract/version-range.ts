import { type Result, err, ok } from '../base/result.ts';

/** What may be wanted of a version: one exactly, of whatever kind its maker counts by, or a range of semantic versions. */
export type WantedVersion =
  | { readonly form: 'exact'; readonly text: string }
  | { readonly form: 'range'; readonly text: string; readonly bounds: readonly Bound[] };

/** `named` is the version as it was written: a version before a release is taken by a range that names such a one. */
interface Bound {
  readonly op: '>=' | '>' | '<' | '<=';
  readonly version: Version;
  readonly named: Version;
}

interface Version {
  readonly numbers: readonly [number, number, number];
  /** Identifiers before a release; none for a release. */
  readonly pre: readonly string[];
}

const longestText = 128;
const mostComparators = 8;

const number = '(0|[1-9]\\d{0,14})';
const suffixes = '(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?';
const partialPattern = new RegExp(`^${number}(?:\\.${number}(?:\\.${number}${suffixes})?)?$`);
const comparatorPattern = /^(>=|<=|>|<|\^|~|=)(.*)$/;
const numeric = /^\d+$/;

/**
 * Reads `1.4.0`, `=1.4.0`, `>=2 <3`, `^2`, `~1.4`: comparators of semantic versions (https://semver.org, as npm reads
 * them), all of which must hold, or a version as it is. The error says in words what is wrong with it.
 */
export function parseWantedVersion(text: string): Result<WantedVersion, string> {
  if (text.length > longestText || !/^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(text)) {
    return err(`is not 1 to ${longestText} visible characters`);
  }
  const parts = text.replaceAll(/(>=|<=|>|<|\^|~|=) +/g, '$1').split(/ +/);
  if (parts.length === 1 && !comparatorPattern.test(text)) {
    return /^[0-9A-Za-z]/.test(text) ? ok({ form: 'exact', text }) : err('begins with no letter, digit or comparator');
  }
  if (parts.length > mostComparators) {
    return err(`has more than ${mostComparators} comparators`);
  }
  const bounds = parts.map(boundsOf);
  return bounds.every((found) => found !== undefined)
    ? ok({ form: 'range', text, bounds: bounds.flat() })
    : err('is no range of semantic versions: write 1.4.0, >=2 <3, ^2 or ~1.4');
}

/** Whether a version is what is wanted; one that is no semantic version is only ever wanted exactly. */
export function takesVersion(wanted: WantedVersion, text: string): boolean {
  const version = parseVersion(text);
  if (wanted.form === 'exact') {
    const exact = parseVersion(wanted.text);
    return wanted.text === text || (version !== undefined && exact !== undefined && order(version, exact) === 0);
  }
  if (version === undefined) {
    return false;
  }
  const isNamed = ({ named }: Bound): boolean => named.pre.length > 0 && orderOfNumbers(named, version) === 0;
  return (
    wanted.bounds.every((bound) => isWithin(bound, version)) &&
    (version.pre.length === 0 || wanted.bounds.some(isNamed))
  );
}

/** How many numbers were written, and the version with noughts in place of the others. */
interface Partial {
  readonly given: number;
  readonly low: Version;
}

function parsePartial(text: string): Partial | undefined {
  const found = partialPattern.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, ...written] = found.slice(0, 4);
  const pre = found[4]?.split('.') ?? [];
  // An identifier has at least one character, and a number no nought before it.
  if (!pre.every((one) => /^(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)$/.test(one))) {
    return undefined;
  }
  const [major = 0, minor = 0, patch = 0] = written.map((digits) => (digits === undefined ? 0 : Number(digits)));
  const given = written.filter((digits) => digits !== undefined).length;
  return { given, low: { numbers: [major, minor, patch], pre } };
}

function parseVersion(text: string): Version | undefined {
  const partial = text.length > longestText ? undefined : parsePartial(text);
  return partial?.given === 3 ? partial.low : undefined;
}

function boundsOf(comparator: string): readonly Bound[] | undefined {
  const [, op = '', text = ''] = comparatorPattern.exec(comparator) ?? [];
  const partial = parsePartial(text);
  if (partial === undefined) {
    return undefined;
  }
  const { given, low } = partial;
  const bound = (is: Bound['op'], version: Version): Bound => ({ op: is, version, named: low });
  // The first release that what was written does not stand for: 2 stands for 2.x.x.
  const behind = raised(low, given - 1);
  const isWhole = given === 3;
  switch (op) {
    case '>=':
      return [bound('>=', low)];
    case '<':
      return [bound('<', isWhole ? low : before(low))];
    case '>':
      return [isWhole ? bound('>', low) : bound('>=', behind)];
    case '<=':
      return [isWhole ? bound('<=', low) : bound('<', before(behind))];
    case '=':
      return [bound('>=', low), isWhole ? bound('<=', low) : bound('<', before(behind))];
    case '~':
      return [bound('>=', low), bound('<', before(raised(low, Math.min(given, 2) - 1)))];
    case '^': {
      const first = low.numbers.findIndex((one) => one > 0);
      return [bound('>=', low), bound('<', before(raised(low, first < 0 || first >= given ? given - 1 : first)))];
    }
    default:
      return undefined;
  }
}

/** The next release with another number at this place, from 0 for the major one. */
function raised({ numbers: [major, minor, patch] }: Version, place: number): Version {
  const numbers: Version['numbers'] =
    place === 0 ? [major + 1, 0, 0] : place === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1];
  return { numbers, pre: [] };
}

/** Before whatever leads to a release: who wants less than 3 does not want a candidate for 3. */
function before({ numbers }: Version): Version {
  return { numbers, pre: ['0'] };
}

function isWithin({ op, version }: Bound, tried: Version): boolean {
  const way = order(tried, version);
  switch (op) {
    case '>=':
      return way >= 0;
    case '>':
      return way > 0;
    case '<':
      return way < 0;
    case '<=':
      return way <= 0;
  }
}

/** Precedence as section 11 of semantic versioning has it: negative, 0 or positive. */
function order(left: Version, right: Version): number {
  const byNumbers = orderOfNumbers(left, right);
  if (byNumbers !== 0 || left.pre.length === 0 || right.pre.length === 0) {
    return byNumbers !== 0 ? byNumbers : right.pre.length - left.pre.length;
  }
  const length = Math.min(left.pre.length, right.pre.length);
  for (let index = 0; index < length; index++) {
    const way = orderOfIdentifiers(left.pre[index] as string, right.pre[index] as string);
    if (way !== 0) {
      return way;
    }
  }
  return left.pre.length - right.pre.length;
}

function orderOfNumbers(left: Version, right: Version): number {
  const place = left.numbers.findIndex((one, index) => one !== right.numbers[index]);
  return place < 0 ? 0 : (left.numbers[place] as number) - (right.numbers[place] as number);
}

/** Numbers by their value, however long, and before words; words by their characters. */
function orderOfIdentifiers(left: string, right: string): number {
  const [isLeft, isRight] = [numeric.test(left), numeric.test(right)];
  if (isLeft !== isRight) {
    return isLeft ? -1 : 1;
  }
  if (isLeft && left.length !== right.length) {
    return left.length - right.length;
  }
  return left === right ? 0 : left < right ? -1 : 1;
}
