import { parseUrl } from './url.ts';

/**
 * Where a relay is reached, in the one form that configuration, pairing codes and screens share:
 * `ws://host:port`, `wss://host:port`, or `wss://host:port#pin=sha256-…` when its key is known beforehand.
 */
export interface RelayAddress {
  readonly text: string;
  /** What is dialled: the address without its pin. */
  readonly url: string;
  /** The key that the relay must show: `sha256-` and base64url of SHA-256 of the SubjectPublicKeyInfo; null for any that an authority vouches for. */
  readonly pin: string | null;
}

const longestAddress = 256;
const pinPattern = /^sha256-[A-Za-z0-9_-]{43}$/;
const pinFragment = '#pin=';

export function isPin(text: string): boolean {
  return pinPattern.test(text);
}

/** The address, or undefined unless it is a plain `ws:` or `wss:` address, perhaps with a pin. Never throws. */
export function parseRelayAddress(text: string): RelayAddress | undefined {
  const parsed = text.length > longestAddress ? undefined : parseUrl(text);
  if (parsed === undefined) {
    return undefined;
  }
  const { protocol, username, password, search, hash, pathname, origin } = parsed;
  const isPlain = username === '' && password === '' && search === '';
  if (!isPlain || (protocol !== 'ws:' && protocol !== 'wss:')) {
    return undefined;
  }
  const url = pathname === '/' ? origin : origin + pathname;
  if (hash === '') {
    return { text: url, url, pin: null };
  }
  // Without TLS no key is ever shown: a pin there would promise what nobody checks.
  const pin = hash.slice(pinFragment.length);
  return protocol === 'wss:' && hash.startsWith(pinFragment) && isPin(pin)
    ? { text: url + pinFragment + pin, url, pin }
    : undefined;
}

/** The same address with a pin; undefined where it cannot have one, or has another. */
export function withPin(address: RelayAddress, pin: string): RelayAddress | undefined {
  const pinned = parseRelayAddress(address.url + pinFragment + pin);
  return address.pin === null || address.pin === pin ? pinned : undefined;
}
