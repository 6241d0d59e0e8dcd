import { assert } from '../base/assert.ts';
import type { Brand } from '../base/brand.ts';

/**
 * A hybrid logical clock reading as text whose order is the order of time: 12 hexadecimal digits of milliseconds
 * since 1970, `-`, 4 of a counter. Ties between devices are broken by device id, outside the stamp.
 * Source: Kulkarni et al., "Logical Physical Clocks", 2014.
 */
export type Stamp = Brand<string, 'Stamp'>;

/** A remote stamp further ahead of the wall than this does not raise the clock. */
export const maximumDriftMs: number = 10 * 60 * 1000;

const stampPattern = /^[0-9a-f]{12}-[0-9a-f]{4}$/;
const maximumCounter = 0xffff;

export const zeroStamp: Stamp = '000000000000-0000' as Stamp;

export function parseStamp(text: string): Stamp | undefined {
  return stampPattern.test(text) ? (text as Stamp) : undefined;
}

/** The wall part, in milliseconds since 1970. */
export function wallMs(stamp: Stamp): number {
  return Number.parseInt(stamp.slice(0, 12), 16);
}

/** The next stamp after `last` at wall time `nowMs`; never lower than `last`. */
export function tick(last: Stamp, nowMs: number): Stamp {
  if (nowMs > wallMs(last)) {
    return stampOf(nowMs, 0);
  }
  const counter = Number.parseInt(last.slice(13), 16) + 1;
  return counter > maximumCounter ? stampOf(wallMs(last) + 1, 0) : stampOf(wallMs(last), counter);
}

/** The clock after seeing a remote stamp: a poisoned one, beyond the drift, leaves it as it was. */
export function observe(last: Stamp, remote: Stamp, nowMs: number): Stamp {
  return remote > last && wallMs(remote) <= nowMs + maximumDriftMs ? remote : last;
}

function stampOf(milliseconds: number, counter: number): Stamp {
  assert(Number.isInteger(milliseconds) && milliseconds >= 0 && milliseconds < 2 ** 48, 'wall time fits 48 bits');
  return `${milliseconds.toString(16).padStart(12, '0')}-${counter.toString(16).padStart(4, '0')}` as Stamp;
}
