import { describe, expect, it } from 'vitest';
import { createEventReader } from '../../../page/ground/event-reader.ts';
import { stateSentence } from '../../../page/ground/state-sentence.ts';
import { ago, counted, shown } from '../../../page/ground/words.ts';
import { beforeOf, statesOf } from '../../../page/history/states.ts';
import { withGlance } from '../../../src/api/answers/glance.ts';
import type { HistoryBody, StatusBody } from '../../../src/api/types/bodies.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

const relay = { url: 'wss://relay.example.org', state: 'online', reason: null, nextAttemptAt: null };
const noRelay = { url: null, state: 'none', reason: null, nextAttemptAt: null };
const revokedWords = 'this device was revoked: nothing is synced any more';

function statusOf(engine: object, changed: object = {}): StatusBody {
  const counts = {
    live: 1,
    tombstoned: 0,
    collected: 0,
    review: 0,
    conflicts: 0,
    quarantined: 0,
    outbox: 0,
    ...engine,
  };
  return withGlance({
    device: { deviceId: 'd', userId: 'u', label: 'desk', version: '1', revoked: false },
    ...{
      relay,
      relays: [relay],
      devices: [],
      sync: { paused: false },
      keys: { protection: 'bare', locked: false, message: null },
    },
    store: { state: 'well', cause: null, message: null, since: null, freeBytes: null },
    engines: [{ enabled: true, state: 'healthy', since: '2026-03-01T11:00:00Z', causes: [], counts }],
    ...{ folders: [], unsent: [], alarms: [], tombstones: [], ...changed },
  } as unknown as StatusBody);
}

describe('the sentence of state', () => {
  it.each([
    ['in step', 'well', statusOf({})],
    ['1 waits for you', 'waits', statusOf({ review: 1 })],
    ['3 wait for you', 'waits', statusOf({ review: 1, conflicts: 1, quarantined: 1 })],
    ['syncing 2', 'busy', statusOf({ outbox: 2 })],
    ['sync is paused: sourcesync sync resume', 'busy', statusOf({}, { sync: { paused: true } })],
    ['in step on this device alone: no relay is configured', 'well', statusOf({}, { relays: [], relay: noRelay })],
    ['cannot reach the relay', 'wrong', statusOf({}, { relays: [{ ...relay, state: 'offline' }] })],
    [revokedWords, 'wrong', statusOf({}, { device: { deviceId: 'd', label: 'desk', revoked: true } })],
  ])('%s', (words, tone, status) => {
    expect(stateSentence(status)).toMatchObject({ words, tone });
    expect(words).toBe(status.glance.sentence);
  });

  it('has beside it what waits with what to do, and why', () => {
    const alarms = [{ message: 'Somebody shows another log.' }];
    expect(stateSentence(statusOf({}, { alarms }))).toEqual({
      ...{ tone: 'waits', words: '1 waits for you' },
      beside: ['1 alarm: sourcesync doctor', 'Somebody shows another log.'],
    });
  });
});

describe('what asks nothing of anybody', () => {
  it('stands beside the sentence, and changes it not', () => {
    expect(stateSentence(statusOf({}, { failingHooks: ['tell'] }))).toEqual({
      ...{ tone: 'well', words: 'in step' },
      beside: ['1 hook fails: tell. See: sourcesync hooks ls'],
    });
  });
});

describe('words', () => {
  it.each([
    ['2026-03-01T11:59:30Z', 'just now'],
    ['2026-03-01T11:59:00Z', '1 minute ago'],
    ['2026-03-01T09:00:00Z', '3 hours ago'],
    ['2026-02-27T12:00:00Z', '2 days ago'],
  ])('%s was %s', (at, words) => {
    expect(ago(at, now)).toBe(words);
  });

  it('count, and show what would mislead the eye', () => {
    expect([counted(1, 'thing'), counted(10_000, 'thing')]).toEqual(['1 thing', '10,000 things']);
    expect(shown('a\u0000\u202e\u200bb\tc')).toBe('a\\u{0}\\u{202e}\\u{200b}b\tc');
  });
});

describe('events', () => {
  it('are read wherever the stream was cut', () => {
    const text = ': connected\n\nid: 7\nevent: review.opened\ndata: {}\n\nevent: gap\ndata: {"after":3}\n\nid: 8\nev';
    for (let cut = 0; cut <= text.length; cut++) {
      const read = createEventReader();
      expect([...read(text.slice(0, cut)), ...read(text.slice(cut))]).toEqual([
        { id: '7', type: 'review.opened' },
        { id: undefined, type: 'gap' },
      ]);
    }
  });
});

describe('states of a record', () => {
  it('follow its versions, each upon what it stood on', () => {
    const version = (changeId: string, operation: string, value: unknown, ...parents: string[]): HistoryBody =>
      ({ changeId, operation, value, parents }) as unknown as HistoryBody;
    const versions = [
      version('1', 'put', { name: 'ls', body: 'ls' }),
      version('2', 'patch', [{ op: 'replace', path: '/body', value: 'ls -l' }], '1'),
      version(
        '3',
        'patch',
        [
          { op: 'add', path: '/shell', value: 'bash' },
          { op: 'remove', path: '/name' },
        ],
        '2',
      ),
      version('4', 'command', { decision: 'accept' }, '3'),
      version('5', 'delete', null, '4'),
      version('6', 'patch', [{ op: 'add', path: '/tags/a~1b', value: 1 }], '1'),
    ];
    const states = statesOf(versions);
    expect([...states.values()]).toEqual([
      { name: 'ls', body: 'ls' },
      { name: 'ls', body: 'ls -l' },
      { body: 'ls -l', shell: 'bash' },
      { body: 'ls -l', shell: 'bash' },
      null,
      { name: 'ls', body: 'ls', tags: { 'a/b': 1 } },
    ]);
    expect(beforeOf(versions[5] as HistoryBody, states)).toEqual({ name: 'ls', body: 'ls' });
  });
});
