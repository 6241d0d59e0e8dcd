import { describe, expect, it } from 'vitest';
import type { EngineBody, StatusBody } from '../../../src/api/types/bodies.ts';
import type { DeviceStandingBody } from '../../../src/api/types/devices.ts';
import type { FolderBody } from '../../../src/api/types/links.ts';
import { statusText as unlaid } from '../../../src/cli/commands/home/status-text.ts';
import { laidOut } from '../../../src/cli/ground/lay-out.ts';
import { withGlance } from '../../../src/api/answers/glance.ts';
import { localTime } from '../../../src/base/local-time.ts';
import { wellStore } from '../../helpers/well-store.ts';

const statusText = (status: StatusBody): string => laidOut(unlaid(status), { columns: 1000, isUnicode: true });
const online: StatusBody['relays'][number] = {
  ...{ url: 'ws://r', state: 'online', reason: null, nextAttemptAt: null, unconfirmed: 0 },
};
const away: StatusBody['relays'][number] = { ...online, state: 'offline' };
const since = '2026-01-01T10:00:00.000Z';

function engine(collection: string, parts: Partial<EngineBody> = {}, counts = {}): EngineBody {
  return {
    ...{ engineId: `sourceos.sync.${collection}`, collection, enabled: true, state: 'healthy', reasonCodes: [] },
    ...{ conditions: [], causes: [], since, mergeStrategy: 'crdt', encryptionScope: 'profile', policyClass: 'high' },
    ...parts,
    counts: {
      ...{ live: 0, tombstoned: 0, collected: 0, review: 0, conflicts: 0, quarantined: 0, outbox: 0 },
      ...counts,
    },
  };
}

function folder(parts: Partial<FolderBody> = {}): FolderBody {
  return {
    ...{ path: '/n', engineId: 'sourceos.sync.notes', collection: 'notes', state: 'following', files: 1 },
    ...{ pausedReason: null, rests: false, pausedSince: null, lastScanAt: since },
    ...{ notInStep: { count: 0, first: [], isLasting: false } },
    ...parts,
  };
}

const lap: DeviceStandingBody = { deviceId: 'urn:l', label: 'lap', lastSeenAt: since, inStep: true, behind: 0 };

function statusOf(parts: Partial<StatusBody> = {}): StatusBody {
  return withGlance({
    device: { deviceId: 'urn:d', userId: 'u', label: 'desk', version: '', revoked: false },
    ...{ relay: online, relays: [online], sync: { paused: false }, engines: [], folders: [], devices: [] },
    ...{ alarms: [], unsent: [], tombstones: [], store: wellStore },
    ...{ keys: { protection: 'bare', locked: false, message: null } },
    ...parts,
  });
}

const pausedFolder = folder({ path: "/my notes'", state: 'paused', pausedReason: 'It is gone. Put it back.' });
const apart = {
  count: 5,
  first: [{ path: 'a', reason: 'It is too large.', remedy: 'Make it smaller.' }],
  isLasting: true,
};

const passing = { ...apart, count: 1, isLasting: false };

describe('a folder that rests', () => {
  it('is said to, with the reason, and no file of it to be in step', () => {
    const rested = folder({ ...{ state: 'paused', rests: true, files: 17 }, pausedReason: 'It is of another one.' });
    const said = statusText(statusOf({ folders: [rested] }));
    expect(said).toContain('/n  notes, rests: 17 files when it was last followed\n    It is of another one.');
    expect(said).not.toContain('files in step');
    expect(statusText(statusOf({ folders: [rested, folder({ files: 2 })] }))).toContain(
      '/n  notes, rests, following: 2 files in step, 17 files when it was last followed',
    );
  });
});

describe('the one sentence', () => {
  it.each<[string, Partial<StatusBody>, string, string]>([
    ['in_step', {}, 'in step', ''],
    ['in_step', { folders: [folder(), folder()], devices: [lap] }, 'in step (1 folder, 1 other device)', ''],
    ['in_step', { relays: [] }, 'in step on this device alone: no relay is configured', ''],
    ['syncing', { engines: [engine('notes', {}, { outbox: 3 })] }, 'syncing 3', ''],
    ['syncing', { folders: [folder({ state: 'scanning' })] }, 'syncing', ''],
    ['syncing', { engines: [engine('notes', { state: 'engine_syncing' })] }, 'syncing', ''],
    [
      'waits',
      { engines: [engine('shell', {}, { review: 2, conflicts: 1, quarantined: 1 })] },
      '4 wait for you',
      '2 reviews: sourcesync review; 1 conflict: sourcesync review; 1 quarantined change: sourcesync quarantine ls',
    ],
    ['in_step', { engines: [engine('shell', { enabled: false }, { review: 2 })] }, 'in step', ''],
    ['in_step', { folders: [folder(), { ...pausedFolder, rests: true }] }, 'in step (1 folder)', ''],
    [
      'waits',
      { folders: [pausedFolder] },
      '1 waits for you',
      "paused folder: /my notes': sourcesync link ls '/my notes'\\'''",
    ],
    [
      'waits',
      { folders: [folder({ notInStep: apart })] },
      '1 waits for you',
      'folder not in step: /n (5 files): sourcesync link ls /n',
    ],
    ['relay_away', { relays: [away] }, 'cannot reach the relay', ''],
    [
      'relay_away',
      { relays: [away], engines: [engine('notes', { state: 'relay_unreachable' }, { outbox: 1 })] },
      `cannot reach the relay since ${localTime(since)} · 1 change to be sent`,
      '',
    ],
    ['in_step', { relays: [away, online] }, 'in step', ''],
    ['paused', { sync: { paused: true }, relays: [away] }, 'sync is paused: sourcesync sync resume', ''],
    [
      'waits',
      { relay: { ...online, url: null, state: 'none', reason: 'No relay is configured any more.' }, relays: [] },
      '1 waits for you',
      'no relay any more: sourcesync doctor',
    ],
    [
      'revoked',
      { device: { ...statusOf().device, revoked: true } },
      'this device was revoked: nothing is synced any more',
      'this device was revoked; it can come back with another home: sourcesync --home DIR pair join CODE',
    ],
    [
      'revoked',
      {
        device: { ...statusOf().device, revoked: true },
        engines: [engine('notes', { state: 'policy_blocked' }, { review: 1, outbox: 2 })],
        folders: [folder({ notInStep: apart })],
      },
      'this device was revoked: nothing is synced any more',
      'this device was revoked; it can come back with another home: sourcesync --home DIR pair join CODE',
    ],
    ['disk', { store: { ...wellStore, state: 'full' } }, 'the disk is full: nothing can be written', ''],
    [
      'not_in_step',
      { folders: [folder({ notInStep: passing })] },
      '1 file not in step yet',
      'folder not in step: /n (1 file): sourcesync link ls /n',
    ],
    [
      'not_in_step',
      { folders: [folder({ notInStep: passing })], relays: [], engines: [engine('notes', {}, { outbox: 1 })] },
      '1 file not in step yet · no relay is configured',
      'folder not in step: /n (1 file): sourcesync link ls /n',
    ],
    [
      'waits',
      { folders: [folder({ notInStep: apart }), folder({ path: '/m', notInStep: passing })] },
      '1 waits for you · 1 file not in step yet',
      'folder not in step: /n (5 files): sourcesync link ls /n; folder not in step: /m (1 file): sourcesync link ls /m',
    ],
    [
      'waits',
      { folders: [folder({ notInStep: { ...apart, count: 1, first: [{ path: '', reason: 'r', remedy: 'r' }] } })] },
      '1 waits for you',
      'folder not in step: /n: sourcesync link ls /n',
    ],
    [
      'in_step',
      { relays: [], engines: [engine('notes', {}, { outbox: 3 })] },
      'in step on this device alone: no relay is configured',
      '',
    ],
    ['relay_away', { relays: [{ ...online, state: 'refused' }] }, 'the relay refuses this device', ''],
    ['relay_away', { relays: [{ ...online, state: 'untrusted' }] }, 'the relay is not the one that is trusted', ''],
    [
      'waits',
      { engines: [engine('notes', { state: 'degraded', causes: ['rows_damaged'] })] },
      '1 waits for you',
      'notes is degraded: rows_damaged: sourcesync engines show notes',
    ],
    [
      'waits',
      {
        engines: [engine('notes', { state: 'degraded', causes: ['source_unreadable'] })],
        folders: [folder({ notInStep: apart })],
      },
      '1 waits for you',
      'folder not in step: /n (5 files): sourcesync link ls /n',
    ],
    [
      'in_step',
      { devices: [lap, { ...lap, deviceId: 'urn:p', inStep: false, behind: 2 }] },
      'in step (2 other devices, 1 of them behind)',
      '',
    ],
    ['locked', { keys: { protection: 'passphrase', locked: true, message: 'Unlock it.' } }, 'Unlock it.', ''],
  ])('ST1 %s %j', (state, parts, sentence, waits) => {
    const { glance } = statusOf(parts);
    expect([glance.state, glance.sentence]).toEqual([state, sentence]);
    expect(glance.waits.map(({ what, command }) => `${what}: ${command}`).join('; ')).toBe(waits);
  });
});

describe('hooks that fail', () => {
  const failing = (...failingHooks: readonly string[]): StatusBody => statusOf({ failingHooks });

  it.each<[readonly string[], readonly string[] | undefined]>([
    [[], undefined],
    [['tell'], ['1 hook fails: tell. See: sourcesync hooks ls']],
    [['a', 'b', 'c', 'd', 'e'], ['5 hooks fail: a, b, c and 2 more. See: sourcesync hooks ls']],
  ])('ST5 %j are named with where to look, and nothing waits for them', (names, notes) => {
    expect(failing(...names).glance).toEqual({
      ...{ state: 'in_step', sentence: 'in step', waits: [] },
      ...(notes === undefined ? {} : { notes }),
    });
  });

  it('ST5 are one line of status', () => {
    const lines = statusText(failing('tell\u001b[2J')).split('\n');
    expect(lines.slice(0, 2)).toEqual(['desk: in step', '  1 hook fails: tell\\x1b[2J. See: sourcesync hooks ls']);
  });
});

describe('status for people', () => {
  it('shows engines that hold something or have a reason, and counts the others', () => {
    const engines = [
      engine('notes', {}, { live: 1 }),
      engine('policy', { state: 'not_configured', reasonCodes: ['no_org_profile'] }),
      engine('shell'),
      engine('inbox'),
      engine('agents', { enabled: false }, { live: 9 }),
    ];
    const text = statusText(statusOf({ engines }));
    expect(text).toMatch(/^desk: in step\n/);
    expect(text).toMatch(/^notes +healthy +1 +0 +0 +0$/m);
    expect(text).toMatch(/^policy +not_configured .*no_org_profile$/m);
    expect(text).toContain('and 2 more that hold nothing: sourcesync engines ls');
    expect(text).not.toMatch(/^(shell|inbox|agents)/m);
    expect(statusText(statusOf({ engines: [engine('shell')] }))).toContain('\n1 engine that holds nothing: ');
  });

  it('shows one group for a path, whatever number of places lies in it, and three reasons at most', () => {
    const first = ['a', 'b', 'c'].map((path) => ({ path, reason: 'It is too large.', remedy: 'Make it smaller.' }));
    const folders = [
      folder({ notInStep: { count: 5, first, isLasting: true } }),
      folder({ collection: 'shell', files: 2, notInStep: { count: 3, first, isLasting: true } }),
    ];
    const lines = statusText(statusOf({ folders })).split('\n');
    const at = lines.indexOf('folders and places');
    expect(lines.slice(at + 1)).toEqual([
      '  /n  notes, shell, following: 3 files in step, 8 not',
      '    a: It is too large.',
      '    b: It is too large.',
      '    c: It is too large.',
      '    and 5 more: sourcesync link ls /n',
    ]);
    expect(statusText(statusOf({ folders: [pausedFolder] }))).toContain('\n    It is gone. Put it back.');
  });

  it.each<[Partial<DeviceStandingBody>, string]>([
    [{}, `lap  in step (last heard of ${localTime(since)})`],
    [{ inStep: false, behind: 2 }, `lap  behind by 2 (last heard of ${localTime(since)})`],
    [{ inStep: null, behind: 2 }, 'lap  in step when it last spoke; 2 since not confirmed (last'],
    [{ inStep: null, behind: null, lastSeenAt: null }, 'lap  has not said what it holds (nothing received yet)'],
    [{ label: '' }, 'urn:l  in step'],
    [{ label: '\u001b[2J' }, '\\x1b[2J  in step'],
  ])('a device that is %j', (parts, line) => {
    expect(statusText(statusOf({ devices: [{ ...lap, ...parts }] }))).toContain(`other devices\n  ${line}`);
  });
});
