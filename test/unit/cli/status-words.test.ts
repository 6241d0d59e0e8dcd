import { describe, expect, it } from 'vitest';
import type { TombstonesBody } from '../../../src/api/types/tombstones.ts';
import { statusText } from '../../../src/cli/commands/home/status-text.ts';
import { withGlance } from '../../../src/api/answers/glance.ts';
import { wellStore } from '../../helpers/well-store.ts';

const holding: TombstonesBody['heldBy'][number] = {
  ...{ deviceId: 'urn:d', label: 'phone', self: false },
  ...{ lastSeenAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-06-30T00:00:00.000Z' },
};

function linesOf(tombstones: Partial<TombstonesBody>): readonly string[] {
  const status = withGlance({
    device: { deviceId: 'd', userId: 'u', label: 'desk', version: '', revoked: false },
    relay: { url: null, state: 'none', reason: null, nextAttemptAt: null },
    ...{ relays: [], sync: { paused: false }, engines: [], folders: [], devices: [], alarms: [], unsent: [] },
    store: wellStore,
    keys: { protection: 'bare', locked: false, message: null },
    tombstones: [
      {
        scope: { scopeId: 's', kind: 'workspace', name: 'Team' },
        ...{ kept: 3, collected: 0, horizonAt: null, heldBy: [holding], expired: [], ...tombstones },
      },
    ],
  });
  return statusText(status, Date.parse('2026-02-01T00:00:00.000Z'))
    .split('\n')
    .filter((line) => line.includes('deleted in'));
}

describe('who holds up the collection of deleted records, in words', () => {
  it.each<[string, Partial<TombstonesBody>, readonly string[]]>([
    [
      'another device',
      {},
      [
        '3 deleted in workspace Team, kept until phone has confirmed it (last seen 2026-01-01T00:00:00.000Z). If it will not come back: sourcesync devices revoke urn:d, or wait until 2026-06-30T00:00:00.000Z',
      ],
    ],
    [
      'another device that is there and confirms by itself',
      { heldBy: [{ ...holding, lastSeenAt: '2026-01-30T00:00:00.000Z' }] },
      [],
    ],
    [
      'one that was never seen and has no label',
      { heldBy: [{ ...holding, label: '', lastSeenAt: null, expiresAt: null }] },
      [
        '3 deleted in workspace Team, kept until urn:d has confirmed it (never seen). If it will not come back: sourcesync devices revoke urn:d',
      ],
    ],
    [
      'this device',
      { scope: { scopeId: 's', kind: 'profile', name: 'profile' }, heldBy: [{ ...holding, self: true }] },
      [
        '3 deleted in profile, kept until nothing waits on this device: decide its reviews and quarantine, and let a relay take its changes',
      ],
    ],
    ['nobody', { heldBy: [] }, []],
    ['nobody, where nothing is kept', { kept: 0, collected: 3 }, []],
  ])('%s', (_name, tombstones, lines) => {
    expect(linesOf(tombstones)).toEqual(lines);
  });
});
