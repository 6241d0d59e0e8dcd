import { describe, expect, it } from 'vitest';
import { onlineText, standingText } from '../../../page/devices/standing.ts';
import type { StatusBody } from '../../../src/api/types/bodies.ts';

const relay: StatusBody['relays'][number] = {
  ...{ url: 'ws://r', state: 'online', reason: null, nextAttemptAt: null, unconfirmed: 0 },
};

function known(inStep: boolean | null, behind: number | null, revoked = false): Parameters<typeof standingText>[1] {
  return {
    devices: [{ deviceId: 'lap', label: 'laptop', lastSeenAt: null, inStep, behind }],
    device: { deviceId: 'desk', userId: 'u', label: 'desk', version: '', revoked },
    relays: [relay],
  };
}

describe('how far another device is', () => {
  it.each([
    ['In step.', true, 0],
    ['Behind by 3.', false, 3],
    ['In step when it last spoke; 2 since not confirmed.', null, 2],
    ['It has not said what it holds.', null, null],
  ] as const)('%s', (words, inStep, behind) => {
    expect(standingText('lap', known(inStep, behind))).toBe(words);
  });

  it('is not known where this one was revoked, nor of a device that status does not name', () => {
    expect(standingText('lap', known(null, null, true))).toBe('Nothing is heard of it any more.');
    expect(standingText('another', known(true, 0))).toBe('');
  });
});

describe('online now', () => {
  it('is said of this device alone, while a relay answers it', () => {
    const here = known(true, 0);
    expect(onlineText(here)).toBe('Online now.');
    expect(onlineText({ ...here, relays: [{ ...relay, state: 'offline' }, relay] })).toBe('Online now.');
    expect(onlineText({ ...here, relays: [{ ...relay, state: 'offline' }] })).toBe('');
    expect(onlineText({ ...here, relays: [] })).toBe('');
    expect(onlineText(known(null, null, true))).toBe('');
  });
});
