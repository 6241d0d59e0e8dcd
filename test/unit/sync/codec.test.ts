import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, u32, utf8 } from '../../../src/base/bytes.ts';
import { decodeDeviceMessage, decodeRelayMessage, encodeMessage } from '../../../src/sync/wire/codec.ts';
import {
  maximumBlobBytes,
  maximumBlobs,
  maximumFrameBytes,
  maximumHeadBytes,
  maximumSlotBytes,
} from '../../../src/sync/wire/limits.ts';
import { batchId, deviceId, deviceMessages, filled, relayMessages, scopeId } from './example-messages.ts';

const frame = (type: number, head: string, ...rest: readonly Uint8Array[]): Uint8Array =>
  concat([new Uint8Array([type]), u32(utf8(head).length), utf8(head), ...rest]);

describe('codec', () => {
  it.each(deviceMessages.map((message) => [message.type, message] as const))('1 carries %s', (_type, message) => {
    expect(decodeDeviceMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
    expect(decodeRelayMessage(encodeMessage(message))).toMatchObject({ ok: false, error: { kind: 'unknown_type' } });
  });

  it.each(relayMessages.map((message) => [message.type, message] as const))('1 carries %s back', (_type, message) => {
    expect(decodeRelayMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
    expect(decodeDeviceMessage(encodeMessage(message))).toMatchObject({ ok: false, error: { kind: 'unknown_type' } });
  });

  it('1 shortens an error message to what a head may carry, and keeps it well-formed', () => {
    const message = `${'x'.repeat(511)}😀`;
    const decoded = decodeRelayMessage(
      encodeMessage({ type: 'error', code: 'E_AUTH', message, scopeId: null, about: 'connection' }),
    );
    expect(decoded).toMatchObject({ ok: true });
  });

  const refused: readonly [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(0), 'unknown_type'],
    ['an unknown type', frame(200, '{}'), 'unknown_type'],
    ['a truncated start', new Uint8Array([9, 0, 0]), 'malformed'],
    ['a head that is not all there', new Uint8Array([9, 0, 0, 0, 5, 0x7b]), 'malformed'],
    ['a head that claims 4 GiB', new Uint8Array([9, 255, 255, 255, 255]), 'too_large'],
    ['a head over its cap', frame(9, `"${'x'.repeat(maximumHeadBytes)}"`), 'too_large'],
    ['an oversize frame', concat([new Uint8Array([7]), new Uint8Array(maximumFrameBytes)]), 'too_large'],
    ['a blob that claims too much', frame(7, '{}', u32(maximumBlobBytes + 1)), 'too_large'],
    ['a blob that is not all there', frame(7, '{}', u32(5), filled(1, 4)), 'malformed'],
    ['trailing bytes', frame(9, '{}', new Uint8Array(3)), 'malformed'],
    ['a million empty blobs', frame(7, '{}', new Uint8Array(4 * (maximumBlobs + 1))), 'too_large'],
    ['a head that is not JSON', frame(9, '{'), 'malformed'],
    ['a head that is an array', frame(9, '[]'), 'malformed'],
    ['a head that is not canonical', frame(9, '{ }'), 'malformed'],
    ['a duplicate key', frame(8, `{"delivery":1,"delivery":1,"scopeId":"${scopeId}"}`), 'malformed'],
    ['a nested bomb', frame(9, '['.repeat(100_000)), 'malformed'],
    ['an unknown field', frame(9, '{"x":1}'), 'malformed'],
    ['a missing field', frame(8, `{"scopeId":"${scopeId}"}`), 'malformed'],
    ['a fraction', frame(8, `{"delivery":1.5,"scopeId":"${scopeId}"}`), 'malformed'],
    ['delivery 0', frame(8, `{"delivery":0,"scopeId":"${scopeId}"}`), 'malformed'],
    ['a scope that is none', frame(8, '{"delivery":1,"scopeId":"urn:srcos:scope:x"}'), 'malformed'],
    [
      'a frontier that names no device',
      frame(5, `{"frontier":{"__proto__":[1,"${batchId}"]},"logSequence":0,"scopeId":"${scopeId}"}`),
      'malformed',
    ],
    ['a blob where none belongs', frame(9, '{}', u32(1), filled(1, 1)), 'malformed'],
    ['two bodies', frame(3, '{"slot":1}', u32(1), filled(1, 1), u32(1), filled(1, 1)), 'malformed'],
    ['slot 7', frame(3, '{"slot":7}', u32(1), filled(1, 1)), 'malformed'],
    [
      'a body over its cap',
      frame(3, '{"slot":1}', u32(maximumSlotBytes + 1), filled(1, maximumSlotBytes + 1)),
      'malformed',
    ],
    [
      'a token with a later entry',
      frame(6, `{"scopeId":"${scopeId}","sequence":1,"token":"x"}`, u32(1), filled(1, 1)),
      'malformed',
    ],
    [
      'an endless token',
      frame(6, `{"scopeId":"${scopeId}","sequence":0,"token":"${'x'.repeat(129)}"}`, u32(1), filled(1, 1)),
      'malformed',
    ],
    [
      'an entry without a word of a token',
      frame(6, `{"scopeId":"${scopeId}","sequence":0}`, u32(1), filled(1, 1)),
      'malformed',
    ],
    ['a seed of no device', frame(10, `{"deviceId":"x","scopeId":"${scopeId}"}`), 'malformed'],
    ['a seed without its device', frame(10, `{"scopeId":"${scopeId}"}`), 'malformed'],
    ['text', utf8('{"type":"ping"}'), 'unknown_type'],
  ];
  it.each(refused)('2 refuses %s', (_name, bytes, kind) => {
    expect(decodeDeviceMessage(bytes)).toMatchObject({ ok: false, error: { kind } });
  });

  const stateHead = (behind: string): string =>
    `{"behind":${behind},"logSequence":1,"ownHead":null,"scopeId":"${scopeId}"}`;
  const refusedBack: readonly [string, Uint8Array][] = [
    ['a state that names no chain list', frame(69, `{"logSequence":1,"ownHead":null,"scopeId":"${scopeId}"}`)],
    ['a chain list that is an array', frame(69, stateHead('[]'))],
    ['a chain list that names no device', frame(69, stateHead('{"__proto__":1}'))],
    ['a chain of negative length', frame(69, stateHead(`{"${deviceId}":-1}`))],
    ['a chain with a head in place of a number', frame(69, stateHead(`{"${deviceId}":[1]}`))],
    ['a confirmation of no batch', frame(76, `{"deviceId":"${deviceId}","scopeId":"${scopeId}","sequence":0}`)],
    ['a confirmation of no device', frame(76, `{"deviceId":null,"scopeId":"${scopeId}","sequence":1}`)],
  ];
  it.each(refusedBack)('2 refuses %s from a relay', (_name, bytes) => {
    expect(decodeRelayMessage(bytes)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });

  it('2 never throws on random bytes', () => {
    const outcome = fc.check(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const [device, relay] = [decodeDeviceMessage(bytes), decodeRelayMessage(bytes)];
        return !(device.ok && relay.ok);
      }),
      { numRuns: 5000 },
    );
    expect(outcome.counterexample).toBeNull();
  });

  it('2 a mutated frame is refused or says something well-formed', () => {
    const frames = [...deviceMessages.slice(0, 7), ...relayMessages]
      .map(encodeMessage)
      .filter((bytes) => bytes.length < 1000);
    const outcome = fc.check(
      fc.property(fc.nat(frames.length - 1), fc.nat(), fc.nat(255), fc.nat(40), (index, at, value, cut) => {
        const bytes = (frames[index] as Uint8Array).slice();
        bytes[at % bytes.length] = value;
        const shorter = bytes.subarray(0, Math.max(0, bytes.length - (cut < 10 ? cut : 0)));
        for (const decoded of [decodeDeviceMessage(shorter), decodeRelayMessage(shorter)]) {
          if (decoded.ok && encodeMessage(decoded.value).length !== shorter.length) {
            return false;
          }
        }
        return true;
      }),
      { numRuns: 5000 },
    );
    expect(outcome.counterexample).toBeNull();
  });
});
