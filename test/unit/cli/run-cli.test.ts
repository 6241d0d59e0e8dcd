import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src/base/result.ts';
import { type ExitCode, exitCodes } from '../../../src/cli/ground/exit-codes.ts';
import { exitCodeOf } from '../../../src/cli/ground/run-command.ts';
import type { EngineBody, RecordBody, StatusBody } from '../../../src/api/types/bodies.ts';
import { faultyRelay, refuses, run } from './setup-cli.ts';
import { withGlance } from '../../../src/api/answers/glance.ts';
import { wellStore } from '../../helpers/well-store.ts';

const record: RecordBody = {
  ...{ collection: 'shell', id: 'x', fields: { kind: 'alias' }, version: 'v', state: 'live', managedBy: 'user' },
  ...{ updatedAt: null, author: null, deviceId: null, pending: { reviews: 0, conflicts: 0 } },
};

describe('usage', () => {
  it.each([
    [['statsu'], 'status'],
    [['records', 'gte', 'shell', 'x'], 'get'],
    [['status', '--jsno'], '--json'],
    [['status', '--watsh'], '--watch'],
    [['reviews', 'acept', 'x'], 'accept'],
  ])('%j: exit 2, and a hint at %s', async (args, hint) => {
    const said = await run({}, ...args);
    expect(said.exitCode).toBe(2);
    expect(said.out).toEqual([]);
    expect(said.notes).toContain(hint);
    expect(said.notes.toLowerCase()).toContain('did you mean');
  });

  it.each([
    [['records', 'get', 'shell']],
    [['records', 'put', 'shell', 'x']],
    [['status', 'surplus']],
    [['--home']],
    [['reviews', 'accept']],
    [['reviews', 'accept', '--all']],
    [['link', 'shell']],
    [['init']],
    [['records', 'put', 'shell', 'x', '--file', '/nonexistent']],
  ])('%j: exit 2 with words on stderr alone', async (args) => {
    const said = await run({}, ...args);
    expect(said.exitCode).toBe(2);
    expect(said.out).toEqual([]);
    expect(said.notes).not.toBe('');
  });

  it.each(['{', '[]', 'null', ''])('a file that holds %j: exit 2', async (stdin) => {
    const said = await run({ stdin }, 'records', 'put', 'shell', 'x', '--file', '-', '--json');
    expect(said).toMatchObject({ exitCode: 2, documents: [{ exitCode: 2, detail: said.notes }] });
    expect(said.out).toHaveLength(1);
  });

  it('help and version: exit 0', async () => {
    expect(await run({}, '--version')).toMatchObject({ exitCode: 0, out: ['9.8.7'] });
    const help = await run({}, 'records', '--help');
    expect(help.exitCode).toBe(0);
    expect(help.out.join('')).toContain('history');
  });

  it.each([[[]], [['--json']], [['--home', '/h']], [['--home=/h']]])(
    'no command at all (%j) asks for the one sentence: 4 and what to do where no daemon runs',
    async (args) => {
      expect(await run({}, ...args)).toMatchObject({
        exitCode: 4,
        notes: expect.stringContaining('sourcesync daemon start'),
      });
      const client = async () => ({ exitCode: exitCodes.notSetUp, message: 'Set one up with: sourcesync init' });
      expect(await run({ local: { client } }, ...args)).toMatchObject({ exitCode: 5 });
    },
  );
});

describe('exit codes', () => {
  it('their numbers are a contract', () => {
    expect(exitCodes).toEqual({
      done: 0,
      failed: 1,
      usage: 2,
      attention: 3,
      unreachable: 4,
      notSetUp: 5,
      denied: 6,
      relay: 7,
    });
  });

  it.each<[number, string | undefined, ExitCode]>([
    [400, undefined, 1],
    [401, undefined, 5],
    [423, undefined, 5],
    [403, undefined, 6],
    [404, 'schema_unknown', 1],
    [409, undefined, 1],
    [412, undefined, 1],
    [422, 'policy_denied/stays_on_device', 6],
    [422, 'relay_untrusted', 7],
    [500, undefined, 1],
    [501, undefined, 1],
  ])('status %i with reason %s: %i', async (status, reasonCode, exitCode) => {
    const problem = {
      type: 'about:blank',
      title: 'x',
      status,
      detail: 'why',
      ...(reasonCode === undefined ? {} : { reasonCode }),
    };
    expect(exitCodeOf({ kind: 'problem', problem })).toBe(exitCode);
    const said = await run({ client: { status: refuses(status, 'why', reasonCode) } }, 'status', '--json');
    expect(said).toMatchObject({ exitCode, notes: 'why' });
    expect(said.documents).toEqual([{ ...problem, exitCode }]);
  });

  it('a relay that is away: 7, also where the daemon was asked', async () => {
    const problem = { type: 'relay_unreachable', title: 'x', status: 503, detail: 'why' };
    expect(exitCodeOf({ kind: 'problem', problem })).toBe(7);
  });

  it.each<[string, StatusBody['relay']['state'], ExitCode]>([
    ['nobody answers', 'offline', 7],
    ['it does not let this device in', 'refused', 7],
    ['it answers', 'online', 0],
  ])('sync now where %s', async (_name, state, exitCode) => {
    const relay = { url: 'ws://r', state, reason: 'why', nextAttemptAt: null, unconfirmed: 0 };
    const status = withGlance({
      device: { deviceId: 'd', userId: 'u', label: 'desk', version: '', revoked: false },
      ...{
        relay,
        relays: [relay],
        sync: { paused: false },
        store: wellStore,
        engines: [],
        folders: [],
        devices: [],
        alarms: [],
        unsent: [],
      },
      ...{ keys: { protection: 'bare', locked: false, message: null }, tombstones: [] },
    });
    const said = await run({ client: { sync: async () => ok(status) } }, 'sync', 'now', '--json');
    expect(said.exitCode).toBe(exitCode);
    expect(said.documents).toMatchObject([exitCode === 0 ? { relay: { state } } : { exitCode }]);
  });

  it.each([
    [['status', '--surplus', '--json'], 2],
    [['records', 'get', '--json'], 2],
    [['reviews', 'ls', '--json'], 4],
  ])('%j: one document that says why', async (args, exitCode) => {
    const said = await run({}, ...args);
    expect(said.documents).toMatchObject([
      { title: expect.any(String), detail: expect.stringMatching(/\w/), exitCode },
    ]);
    expect(said.out).toHaveLength(1);
  });

  it('nobody listens: 4, with how to start the daemon', async () => {
    const said = await run({}, 'status');
    expect(said).toMatchObject({ exitCode: 4, out: [] });
    expect(said.notes).toContain('sourcesync daemon start');
  });

  it('daemon start where one runs: said at once, exit 0, and nothing is started', async () => {
    const keys = { protection: 'bare', locked: false, message: null };
    const status = async () => ok({ glance: {}, device: { deviceId: 'd' }, keys } as unknown as StatusBody);
    expect(await run({ client: { status } }, 'daemon', 'start')).toMatchObject({
      ...{ exitCode: 0, out: ['The daemon runs already. See: sourcesync status'] },
    });
    expect(await run({ client: { status } }, 'daemon', 'start', '--json')).toMatchObject({
      ...{ exitCode: 0, documents: [{ running: true }] },
    });
  });

  it('daemon stop where nobody listens: 4, and that nothing is to be stopped', async () => {
    expect(await run({}, 'daemon', 'stop')).toMatchObject({
      ...{ exitCode: 4, out: [], notes: 'No daemon runs for this home: there is nothing to stop.' },
    });
    expect(await run({}, 'daemon', 'stop', '--json')).toMatchObject({ exitCode: 4, documents: [{ exitCode: 4 }] });
  });

  it.each(['status', 'stop'])('daemon %s where one is silent does not claim that none runs', async (command) => {
    const fault = { kind: 'unreachable' as const, message: 'The daemon does not answer.', isNobody: false };
    const silent = async () => err(fault);
    const said = await run({ client: { status: silent, stopDaemon: silent } }, 'daemon', command);
    expect(said).toMatchObject({ exitCode: 4, out: [], notes: expect.stringContaining('ss -xlp') });
  });

  it('doctor where nobody listens names the configuration that keeps a daemon from starting', async () => {
    const configShow = () => ({
      settings: [],
      problems: ['config.toml is not valid TOML, line 2, column 9: invalid value'],
    });
    const said = await run({ local: { configShow } }, 'doctor');
    expect(said).toMatchObject({ exitCode: 4, out: [], notes: expect.stringContaining('line 2, column 9') });
  });

  it('36. status of a home whose relay is configured no more: the reason, and 3', async () => {
    const body = {
      ...{ device: { label: 'desk', deviceId: 'd' }, relays: [], sync: { paused: false }, store: wellStore },
      ...{ relay: { url: null, state: 'none', reason: 'No relay is configured any more.' }, tombstones: [] },
      ...{
        keys: { protection: 'bare', locked: false, message: null },
        engines: [],
        folders: [],
        devices: [],
        unsent: [],
        alarms: [],
      },
    };
    const status = async () => ok(withGlance(body as unknown as StatusBody));
    const said = await run({ client: { status } }, 'status');
    expect(said).toMatchObject({ exitCode: 3, out: [expect.stringContaining('No relay is configured any more.')] });
  });

  it('status of a locked home: shown, and 5, with --json too', async () => {
    const locked = { protection: 'passphrase' as const, locked: true, message: 'The keys are locked.' };
    const body = {
      ...{ device: { label: 'desk', deviceId: 'd' }, relay: { url: null, state: 'none', reason: null }, relays: [] },
      ...{
        sync: { paused: false },
        keys: locked,
        store: wellStore,
        engines: [],
        folders: [],
        devices: [],
        unsent: [],
        alarms: [],
      },
      tombstones: [],
    };
    const status = async () => ok(withGlance(body as unknown as StatusBody));
    const said = await run({ client: { status } }, 'status');
    expect(said).toMatchObject({ exitCode: 5, out: [expect.stringContaining('The keys are locked.')] });
    expect(await run({ client: { status } }, 'status', '--json')).toMatchObject({ exitCode: 5, documents: [body] });
  });

  it('daemon status where nobody listens: one document, exit 4', async () => {
    expect(await run({}, 'daemon', 'status', '--json')).toMatchObject({ exitCode: 4, documents: [{ running: false }] });
  });

  it('no home: 5', async () => {
    const client = async () => ({ exitCode: exitCodes.notSetUp, message: 'No device is set up here.' });
    expect(await run({ local: { client } }, 'reviews', 'ls')).toMatchObject({
      exitCode: 5,
      notes: 'No device is set up here.',
    });
  });

  it.each<[string[], ExitCode]>([
    [['pair', 'join', 'CODE'], 7],
    [['relay', 'serve'], 7],
    [['daemon', 'start'], 7],
    [['init', '--yes'], 7],
  ])('a fault of %j keeps its exit code %i', async (args, exitCode) => {
    const fault = async () => ({ exitCode, message: 'The relay does not answer.' });
    const said = await run(
      { local: { join: fault, relay: { ...faultyRelay, serve: fault }, startDaemon: fault, init: fault } },
      ...args,
      '--json',
    );
    expect(said).toMatchObject({ exitCode, notes: 'The relay does not answer.' });
    expect(said.documents).toMatchObject([{ detail: 'The relay does not answer.', exitCode }]);
  });

  it('something waits for a person: 3, with --json too', async () => {
    const counts = { live: 0, tombstoned: 0, collected: 0, review: 1, conflicts: 0, quarantined: 0, outbox: 0 };
    const engine: EngineBody = {
      engineId: 'sourceos.sync.shell',
      collection: 'shell',
      enabled: true,
      state: 'healthy',
      reasonCodes: [],
      conditions: [],
      causes: [],
      since: '',
      mergeStrategy: 'manual_review',
      encryptionScope: 'profile',
      policyClass: 'high',
      counts,
    };
    const status = async () =>
      ok(
        withGlance({
          device: { deviceId: 'd', userId: 'u', label: 'desk\u001b[2J', version: '', revoked: false },
          relay: { url: null, state: 'none' as const, reason: null, nextAttemptAt: null },
          relays: [],
          sync: { paused: false },
          keys: { protection: 'bare' as const, locked: false, message: null },
          store: wellStore,
          engines: [engine],
          alarms: [],
          unsent: [],
          tombstones: [],
          folders: [],
          devices: [],
        }),
      );
    const said = await run({ client: { status } }, 'status');
    expect(said.exitCode).toBe(3);
    expect(said.out.join('')).toContain('desk\\x1b[2J');
    expect(await run({ client: { status } }, 'status', '--json')).toMatchObject({
      exitCode: 3,
      documents: [{ engines: [{ collection: 'shell' }] }],
    });
    expect(await run({ client: { status } })).toMatchObject({
      exitCode: 3,
      out: ['desk\\x1b[2J: 1 waits for you · no relay is configured\n  1 review: sourcesync review'],
    });
  });
});

describe('--json', () => {
  it.each([
    [['--json', 'paths'], { config: '/h/config.toml' }],
    [['paths', '--json'], { config: '/h/config.toml' }],
    [['config', 'show', '--json'], { settings: [], problems: [] }],
    [['records', 'get', 'shell', 'x', '--json'], record],
    [['records', 'put', 'shell', 'x', '--file', '-', '--json'], record],
    [['records', 'patch', 'shell', 'x', '--file', '-', '--json'], record],
    [['records', 'rm', 'shell', 'x', '--json'], record],
    [['reviews', 'ls', '--json'], { items: [], nextCursor: null }],
    [['quarantine', 'ls', '--json'], { items: [], nextCursor: null }],
    [['init', '--json'], { deviceId: 'd', scopeId: 's', phrase: 'one two' }],
    [['pair', 'join', 'CODE', '--json'], { deviceId: 'd', scopeId: 's' }],
    [['pair', 'invite', '--json'], { code: 'c', expiresAt: 'later' }],
    [['relay', 'serve', '--json'], { event: 'ready', url: 'ws://localhost:1' }],
  ])('%j prints one document and nothing else', async (args, document) => {
    const emptyPage = async () => ok({ items: [], nextCursor: null });
    const one = async () => ok(record);
    const said = await run(
      {
        stdin: '{"kind":"alias"}',
        client: {
          ...{
            record: one,
            putRecord: one,
            patchRecord: one,
            removeRecord: one,
            reviews: emptyPage,
            quarantine: emptyPage,
          },
          invite: async () => ok({ code: 'c', expiresAt: 'later' }),
        },
        local: {
          init: async () => ({
            deviceId: 'd',
            scopeId: 's',
            phrase: 'one two',
            rootKeys: ['k'],
            protection: 'bare',
            notice: null,
          }),
          join: async () => ({
            ...{ deviceId: 'd', scopeId: 's', label: 'desk', askedLabel: 'desk' },
            ...{ protection: 'bare', notice: null },
          }),
          relay: {
            ...faultyRelay,
            serve: async ({ onReady }) => {
              onReady({ url: 'ws://localhost:1', pin: null, metrics: null });
              return undefined;
            },
          },
        },
      },
      ...args,
    );
    expect(said).toMatchObject({ exitCode: 0, notes: '', documents: [document] });
    expect(said.out).toHaveLength(1);
  });

  it('a bad configuration is one document with the problem, exit 1', async () => {
    const configShow = () => ({ settings: [], problems: ['config.toml is not valid TOML\u001b[2J'] });
    const said = await run({ local: { configShow } }, 'config', 'show', '--json');
    expect(said).toMatchObject({ exitCode: 1, documents: [{ problems: [expect.stringContaining('not valid')] }] });
    expect(said.notes).toBe('config.toml is not valid TOML\\x1b[2J');
  });

  it('an absent record is one document, exit 1', async () => {
    const absent: RecordBody = { ...record, fields: null, state: 'absent' };
    const said = await run({ client: { record: async () => ok(absent) } }, 'records', 'get', 'shell', 'x', '--json');
    expect(said).toMatchObject({ exitCode: 1, documents: [{ state: 'absent' }] });
  });
});

describe('words', () => {
  it('no escape code of a record reaches the terminal', async () => {
    const evil: RecordBody = { ...record, id: 'a\u009b2Jb', fields: { name: '\u202e\u001b[2J' } };
    const shown = await run({ client: { record: async () => ok(evil) } }, 'records', 'get', 'shell', 'x');
    const listed = await run(
      { client: { records: async () => ok({ items: [evil], nextCursor: null }) } },
      'records',
      'ls',
      'shell',
    );
    for (const text of [...shown.out, ...listed.out]) {
      expect(text).not.toMatch(/[\u001b\u009b\u202e]/);
    }
    expect(listed.out.join('')).toContain('a\\x9b2Jb');
  });
});
