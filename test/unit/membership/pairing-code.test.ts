import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePairingCode, encodePairingCode, pairingSecretsOf } from '../../../src/membership/pairing.ts';
import { expectRefused, seededBytes, valueOf } from './fixtures.ts';

const relayUrl = 'ws://127.0.0.1:4870';
const pinned = `wss://192.0.2.7:7342#pin=sha256-${'aB_-'.repeat(10)}xyz`;
const secrets = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('pairing code', () => {
  it('reads back every code', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.constantFrom(relayUrl, 'wss://relay.example.org', 'wss://example.org/sync', pinned),
        (secret, url) => {
          expect(valueOf(decodePairingCode(encodePairingCode({ secret, relayUrl: url })))).toEqual({
            secret,
            relayUrl: url,
          });
        },
      ),
    );
  });

  it('is grouped for reading, in an alphabet without look-alikes', () => {
    const text = encodePairingCode({ secret: seededBytes(1)(16), relayUrl });
    expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}@ws:\/\/127\.0\.0\.1:4870$/);
  });

  it('28 forgives case, spaces, hyphens, O for 0, I and L for 1', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom('I', 'l', 'L', 'i'), fc.constantFrom('o', 'O'), (secret, one, zero) => {
        const [code = '', address] = encodePairingCode({ secret, relayUrl }).split('@');
        const typed = code.toLowerCase().replaceAll('1', one).replaceAll('0', zero).replaceAll('-', ' ');
        return valueOf(decodePairingCode(` ${typed} @ ${address?.toUpperCase()}\n`)).secret.join() === secret.join();
      }),
    );
    const text = encodePairingCode({ secret: new Uint8Array(16), relayUrl });
    expect(valueOf(decodePairingCode(text.replaceAll('-', '').replace('@', '-@'))).relayUrl).toBe(relayUrl);
  });

  it('28 §10.29 nearly every wrong character is found before anything is sent: signature_invalid', () => {
    const text = encodePairingCode({ secret: seededBytes(2)(16), relayUrl });
    const plain = text.slice(0, 34);
    const typos = [...plain].flatMap((character, index) =>
      [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']
        .filter((replacement) => character !== '-' && replacement !== character)
        .map((replacement) => plain.slice(0, index) + replacement + text.slice(index + 1)),
    );
    const passed = typos.filter((typo) => decodePairingCode(typo).ok);
    expect(typos.length).toBe(28 * 31);
    expect(passed.length).toBeLessThan(4);
    expectRefused(decodePairingCode(text.replace('4870', '4871')), 'signature_invalid/pairing_message');
  });

  it('28 a code whose address is left out is said to be just that', () => {
    const [code = ''] = encodePairingCode({ secret: seededBytes(3)(16), relayUrl }).split('@');
    expect(decodePairingCode(code)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('the address of the relay') as string },
    });
  });

  it.each([
    '',
    '@',
    'no code',
    `@${relayUrl}`,
    'AAAA-AAAA',
    `${'0000-'.repeat(7)}@http://x`,
    `${'0000-'.repeat(8)}@${relayUrl}`,
    `${'UUUU-'.repeat(7)}@${relayUrl}`,
    `${'0000-'.repeat(7)}@${relayUrl}`,
    'x'.repeat(1_000_000),
  ])('§10.29 refuses what is no code: signature_invalid (%#)', (text) => {
    expectRefused(decodePairingCode(text), 'signature_invalid/pairing_message');
  });

  it('derives three secrets that have nothing in common', () => {
    const { mailbox, bearer, psk } = pairingSecretsOf(seededBytes(3)(16));
    expect([mailbox.length, bearer.length, psk.length]).toEqual([43, 32, 32]);
    expect(
      new Set([mailbox, Buffer.from(bearer).toString('base64url'), Buffer.from(psk).toString('base64url')]).size,
    ).toBe(3);
  });

  it('is made only of whole parts', () => {
    expect(() => encodePairingCode({ secret: new Uint8Array(15), relayUrl })).toThrow('16 bytes');
    expect(() => encodePairingCode({ secret: new Uint8Array(16), relayUrl: 'http://x' })).toThrow('relay address');
    expect(() => pairingSecretsOf(new Uint8Array(15))).toThrow('16 bytes');
  });
});
