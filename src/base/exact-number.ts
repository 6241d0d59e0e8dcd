/** More digits than this tell nothing of a double. */
const mostDigits = 100;
/** Every double has a decimal of so many digits that means it and no other, and so many are always told apart. */
const surelyHeld = 15;

/**
 * True for a number in JSON's notation that is still itself once it was read: a double that is written out with as many
 * digits shows the same ones. Whole numbers end at 2^53 - 1, beyond which neighbours fall together (RFC 7493), and zero
 * has no sign, because none is written back.
 */
export function holdsExactly(written: string): boolean {
  if (written.length <= surelyHeld && !/[eE]/.test(written)) {
    return written.charCodeAt(0) !== 0x2d || Number(written) !== 0;
  }
  const value = Number(written);
  if (!isExact(value)) {
    return false;
  }
  const digits = digitsOf(written);
  return (
    digits.length <= mostDigits && (value === 0 ? digits === '' : digitsOf(value.toPrecision(digits.length)) === digits)
  );
}

/** True for a number that a record holds as it is: as {@link holdsExactly}, of one that was read already. */
export function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);
}

/** The digits that count: without sign, point, exponent and the zeros at both ends. */
function digitsOf(written: string): string {
  return written
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
}
