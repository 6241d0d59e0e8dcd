import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventType } from '../../../../src/contract/events.ts';
import { eventTypes } from '../../../../src/contract/events.ts';
import { type HookConfig, loadConfig } from '../../../../src/daemon/ground/config.ts';
import { createEventRing } from '../../../../src/daemon/ground/event-ring.ts';
import { createHook, type Hook, mostWaiting } from '../../../../src/daemon/notices/hook.ts';
import { hookChecks } from '../../../../src/daemon/notices/hook-checks.ts';
import { createHooks } from '../../../../src/daemon/notices/hooks.ts';
import type { HookEnd, HookRun, HookStart } from '../../../../src/daemon/notices/run-hook.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Told {
  readonly hook: string;
  readonly test: boolean;
  readonly events: readonly { readonly id: number; readonly type: string }[];
  readonly dropped: number;
}

const well: HookEnd = { ok: true, message: 'It ended with 0.', tookMs: 1, output: '' };

/** A hook whose runs end when the test says so. */
function setup(settings: Partial<HookConfig> = {}): {
  readonly hook: Hook;
  readonly told: readonly Told[];
  readonly running: () => number;
  happens(count: number, type?: EventType): void;
  ends(end?: HookEnd): Promise<void>;
  fault: string | undefined;
} {
  const told: Told[] = [];
  const endings: ((end: HookEnd) => void)[] = [];
  const run = ({ input }: Omit<HookStart, 'environment'>): HookRun => {
    told.push(JSON.parse(input) as Told);
    let settle: (end: HookEnd) => void = () => undefined;
    const ended = new Promise<HookEnd>((resolve) => {
      settle = resolve;
    });
    endings.push(settle);
    return { ended, end: () => settle({ ...well, ok: false, message: 'It was ended.' }) };
  };
  const outer = { fault: undefined as string | undefined };
  const hook = createHook({
    ...{ name: 'tell', run, nowMs: () => 0, ended: () => undefined, faultOf: () => outer.fault },
    settings: { events: ['review.opened'], command: ['/bin/tell'], ...settings },
  });
  let id = 0;
  return Object.assign(outer, {
    ...{ hook, told, running: () => endings.length },
    happens(count: number, type: EventType = 'review.opened') {
      for (let more = 0; more < count; more++) {
        id += 1;
        hook.offer({ id, type, at: '2026-01-01T00:00:00.000Z', data: {} });
      }
    },
    async ends(end = well) {
      endings.shift()?.(end);
      await vi.advanceTimersByTimeAsync(0);
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a hook', () => {
  it('H4 is told in one run what came in a burst, and of nothing else', async () => {
    const { told, happens } = setup();
    happens(2);
    happens(3, 'record.changed');
    happens(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([
      { hook: 'tell', test: false, dropped: 0, events: [1, 2, 6].map((id) => expect.objectContaining({ id })) },
    ]);
  });

  it('H4 runs once at a time, and at most once a second', async () => {
    const { told, running, happens, ends } = setup();
    happens(1);
    await vi.advanceTimersByTimeAsync(100);
    happens(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(running()).toBe(1);
    await ends();
    happens(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(told).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(told[1]?.events).toHaveLength(6);
  });

  it('H4 of a flood is told the newest, and how many it is not told', async () => {
    const { hook, told, happens, ends } = setup();
    happens(1);
    await vi.advanceTimersByTimeAsync(100);
    happens(10_000);
    expect(hook.body().since).toEqual({ runs: 0, failures: 0, dropped: 10_000 - mostWaiting, waiting: mostWaiting });
    await ends();
    await vi.advanceTimersByTimeAsync(1000);
    expect(told[1]).toMatchObject({ dropped: 10_000 - mostWaiting });
    expect(told[1]?.events.map(({ id }) => id)).toEqual(
      Array.from({ length: mostWaiting }, (_, at) => 10_001 - mostWaiting + 1 + at),
    );
    await ends();
    happens(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told[2]).toMatchObject({ dropped: 0 });
  });

  it('H5 that fails is told of the next events all the same, and says how it ended', async () => {
    const { hook, told, happens, ends } = setup();
    happens(1);
    await vi.advanceTimersByTimeAsync(100);
    await ends({ ...well, ok: false, message: 'It ended with 3.', output: 'no' });
    expect(hook.body()).toMatchObject({
      running: false,
      since: { runs: 1, failures: 1 },
      last: { ok: false, message: 'It ended with 3.', output: 'no', at: '1970-01-01T00:00:00.000Z' },
    });
    happens(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toHaveLength(2);
  });

  it('H5 whose program cannot be run is not run, and tries again with what comes', async () => {
    const outer = setup();
    outer.fault = '/bin/tell is not there.';
    outer.happens(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(outer.told).toEqual([]);
    expect(outer.hook.body()).toMatchObject({ problem: '/bin/tell is not there.', since: { failures: 1 } });
    outer.fault = undefined;
    outer.happens(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(outer.told).toHaveLength(1);
  });

  it('H5 is tested with an event that says so, unless it runs', async () => {
    const { hook, told, ends } = setup({ events: ['device.joined', 'key.rotated'] });
    expect(hook.test()).toBe(true);
    expect(told).toMatchObject([{ test: true, events: [{ id: 0, type: 'device.joined' }] }]);
    expect(hook.test()).toBe(false);
    await ends();
    expect(hook.test()).toBe(true);
  });

  it('H6 is ended when the daemon stops, and what waits is forgotten', async () => {
    const { hook, told, happens } = setup();
    happens(1);
    await vi.advanceTimersByTimeAsync(100);
    happens(3);
    await hook.stop();
    happens(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toHaveLength(1);
    expect(hook.body()).toMatchObject({ running: false, since: { waiting: 0 } });
  });
});

describe('hooks of the configuration', () => {
  function hooksIn(text: string): {
    readonly hooks: ReturnType<typeof createHooks>;
    readonly rewrite: (text: string) => void;
    readonly log: string[];
    readonly events: ReturnType<typeof createEventRing>;
  } {
    const configPath = join(temporaryFolder(), 'config.toml');
    const read = (): ReturnType<typeof loadConfig> => loadConfig(configPath, {});
    const write = (content: string): void => writeFileSync(configPath, content, { mode: 0o600 });
    write(text);
    const log: string[] = [];
    const listeners: (() => void)[] = [];
    const events = createEventRing(10, Date.now);
    const say = (_facts: unknown, message?: string): void => void log.push(message ?? '');
    const hooks = createHooks({
      ...{
        events,
        configPath,
        environment: { PATH: process.env['PATH'], SOURCESYNC_PASSPHRASE_FILE: '/p' },
        nowMs: Date.now,
      },
      log: { debug: () => undefined, info: say, warn: say },
      config: {
        current: () => {
          const loaded = read();
          if (!loaded.ok) {
            throw new Error(loaded.error);
          }
          return loaded.value;
        },
        onReload: (listener) => void listeners.push(listener),
      },
    });
    return {
      ...{ hooks, log, events },
      rewrite(content) {
        write(content);
        listeners.forEach((listener) => listener());
      },
    };
  }
  const tell = '[hooks.tell]\nevents = ["review.opened"]\ncommand = ["/bin/sh", "-c", "cat; env | grep SOURCESYNC"]\n';

  beforeEach(() => {
    vi.useRealTimers();
  });

  it('H2 run for real on an event, with its name and nothing that opens the home', async () => {
    const { hooks, events, log } = hooksIn(tell);
    hooks.start();
    events.add({ type: 'review.opened', data: { id: 'rev_1' } });
    await vi.waitFor(() => expect(hooks.hooks().items[0]?.last).not.toBeNull());
    const output = hooks.hooks().items[0]?.last?.output ?? '';
    expect(JSON.parse(output.split('\n')[0] ?? '')).toMatchObject({ events: [{ id: 1, data: { id: 'rev_1' } }] });
    expect(output.split('\n').slice(1)).toEqual(['SOURCESYNC_HOOK=tell']);
    expect(log).toEqual(['a hook has run']);
    await hooks.stop();
  });

  it('H5 that fail are named until they run well, or are written differently', async () => {
    const { hooks, rewrite } = hooksIn(
      `${tell}[hooks.bad]\nevents = ["key.rotated"]\ncommand = ["/bin/sh", "-c", "exit 3"]\n[hooks.gone]\nevents = ["key.rotated"]\ncommand = ["/nowhere/gone"]\n`,
    );
    hooks.start();
    expect(hooks.failing()).toEqual(['gone']);
    hooks.testHook('bad');
    hooks.testHook('tell');
    await vi.waitFor(() => expect(hooks.hooks().items.every(({ running }) => !running)).toBe(true));
    expect(hooks.failing()).toEqual(['bad', 'gone']);
    rewrite(tell);
    expect(hooks.failing()).toEqual([]);
    await hooks.stop();
  });

  it('H6 are followed as the file changes; what is written as before goes on', async () => {
    const { hooks, rewrite } = hooksIn(
      `${tell}[hooks.wait]\nevents = ["key.rotated"]\ncommand = ["/bin/sleep", "60"]\n`,
    );
    hooks.start();
    expect(hooks.testHook('wait')).toMatchObject({ ok: true, value: { running: true } });
    expect(hooks.testHook('wait')).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    rewrite(`${tell}[hooks.wait]\ncommand = ["/bin/sleep", "60"]\nevents = ["key.rotated"]\n`);
    expect(hooks.hooks().items.map(({ name, running }) => [name, running])).toEqual([
      ['tell', false],
      ['wait', true],
    ]);
    rewrite('');
    expect(hooks.testHook('wait')).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    await hooks.stop();
  });

  it.each([
    ['events = ["review.open"]\ncommand = ["/a"]', 'hooks.a.events.0 must be one of engine.state_changed, '],
    ['events = ["key.rotated"]\ncommand = ["tell"]', 'hooks.a.command.0 must match pattern "^/'],
    ['events = ["key.rotated"]\ncommand = "/a b"', 'hooks.a.command must be array'],
    ['events = []\ncommand = ["/a"]', 'hooks.a.events must NOT have fewer than 1 items'],
    ['events = ["key.rotated"]', "hooks.a must have required property 'command'"],
    ['events = ["key.rotated"]\ncommand = ["/a"]\ntimeout_seconds = 0', 'hooks.a.timeout_seconds must be >= 1'],
    ['events = ["key.rotated"]\ncommand = ["/a"]\ntimeout = 5', 'has no setting "timeout"'],
    ['events = ["key.rotated"]\ncommand = ["/a\\u0000"]', 'hooks.a.command.0 must match pattern'],
  ])('H1 %j is no hook', (body, message) => {
    const path = join(temporaryFolder(), 'config.toml');
    writeFileSync(path, `[hooks.a]\n${body}\n`);
    expect(loadConfig(path, {})).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });

  it('H1 may name every event of the API', () => {
    const path = join(temporaryFolder(), 'config.toml');
    writeFileSync(path, `[hooks.a]\nevents = ${JSON.stringify(eventTypes)}\ncommand = ["/a"]\n`);
    expect(loadConfig(path, {})).toMatchObject({ ok: true, value: { hooks: { a: { events: eventTypes } } } });
  });
});

describe('what doctor says of hooks', () => {
  const base = setup().hook.body();

  it.each([
    [
      { ...base, since: { ...base.since, runs: 1, dropped: 2 } },
      '1 run, 2 events not told because too many came',
      null,
    ],
    [{ ...base, problem: 'gone' }, 'It is not run.', 'gone'],
    [
      {
        ...base,
        since: { ...base.since, runs: 4, failures: 2 },
        last: { ...well, ok: false, message: 'It ended with 1.', at: '' },
      },
      'It failed the last time. It ended with 1. In all: 2 of 4.',
      'See what it says: sourcesync hooks test tell',
    ],
  ])('H5 is no alarm: %#', (hook, message, remedy) => {
    expect(hookChecks({ items: [hook], problem: null })).toEqual([{ name: 'hook tell', ok: true, message, remedy }]);
  });

  it('H1 where none is run, why', () => {
    expect(hookChecks({ items: [], problem: 'chmod' })).toEqual([
      { name: 'hooks', ok: true, message: 'No hook is run.', remedy: 'chmod' },
    ]);
  });
});
