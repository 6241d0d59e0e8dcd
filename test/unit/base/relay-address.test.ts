import { describe, expect, it } from 'vitest';
import { isPin, parseRelayAddress, withPin } from '../../../src/base/relay-address.ts';

const pin = `sha256-${'aB_-'.repeat(10)}xyz`;

describe('relay address', () => {
  it.each([
    ['ws://example.org', 'ws://example.org'],
    ['WSS://Example.ORG:443/', 'wss://example.org'],
    ['wss://example.org/a/', 'wss://example.org/a/'],
    ['ws://[::1]:9', 'ws://[::1]:9'],
    ['ws://example.org/#', 'ws://example.org'],
    ['wss://example.org/a?#', 'wss://example.org/a'],
    [`wss://Example.org:7342/#pin=${pin}`, `wss://example.org:7342#pin=${pin}`],
    ['http://example.org', undefined],
    ['ws://user:word@example.org', undefined],
    ['ws://example.org?token=1', undefined],
    ['ws://example.org#x', undefined],
    ['example.org', undefined],
    [`ws://${'a'.repeat(300)}`, undefined],
    [`ws://example.org#pin=${pin}`, undefined],
    [`wss://example.org#pin=${pin}A`, undefined],
    ['wss://example.org#pin=', undefined],
    [`wss://example.org#${pin}`, undefined],
  ])('%s reads as %s', (text, expected) => {
    expect(parseRelayAddress(text)?.text).toBe(expected);
  });

  it('dials without the pin, and reads back what it wrote', () => {
    const address = parseRelayAddress(`wss://example.org/sync#pin=${pin}`);
    expect(address).toMatchObject({ url: 'wss://example.org/sync', pin });
    expect(parseRelayAddress(address?.text ?? '')).toEqual(address);
  });

  it('takes a pin once', () => {
    const [plain, pinned, open] = ['wss://a', `wss://a#pin=${pin}`, 'ws://a'].map((text) => parseRelayAddress(text));
    const other = pin.replace('aB', 'bB');
    expect([plain, pinned, open].every((address) => address !== undefined)).toBe(true);
    expect(plain && withPin(plain, pin)).toEqual(pinned);
    expect(pinned && withPin(pinned, pin)).toEqual(pinned);
    expect(pinned && withPin(pinned, other)).toBeUndefined();
    expect(open && withPin(open, pin)).toBeUndefined();
    expect([pin, other, `${pin}A`, 'sha1-x'].map(isPin)).toEqual([true, true, false, false]);
  });
});
