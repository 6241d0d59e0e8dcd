import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import type { Config } from '../../../src/daemon/ground/config.ts';
import { createLiveConfig, reloadDelayMs, settleMs } from '../../../src/daemon/ground/live-config.ts';
import { decision } from '../policy/terms.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const denying: JsonObject = { 'write.shell': decision('deny') };
const stronger: JsonObject = { ...denying, 'engine.shell': decision('deny') };

function configOf(policyFloor: JsonObject, label = 'desk'): Config {
  return {
    label,
    relayUrl: null,
    relays: [],
    localOnly: false,
    logLevel: 'info',
    policyFloor,
    tombstonesExpireDays: 180,
    largestFileBytes: 1024 ** 3,
    engines: {},
    origins: [],
    notifications: true,
    hooks: {},
  };
}

function setup(floor: JsonObject = denying) {
  let file: Result<Config, string> = ok(configOf(floor));
  const live = createLiveConfig(() => file, configOf(floor));
  const reloads = vi.fn();
  live.onReload(reloads);
  return {
    live,
    reloads,
    /** The file is another one from now on, and has been read. */
    write(next: Result<Config, string>) {
      file = next;
      live.changed();
      vi.advanceTimersByTime(reloadDelayMs);
    },
    floor: () => live.current().policyFloor,
  };
}

describe('the configuration while the daemon runs', () => {
  it('is obeyed as soon as the file was read, where it strengthens the floor or leaves it', () => {
    const { write, floor, live, reloads } = setup();
    write(ok(configOf(stronger)));
    expect([floor(), reloads.mock.calls.length]).toEqual([stronger, 1]);
    write(ok(configOf(stronger, 'lap')));
    expect([live.current().label, reloads.mock.calls.length]).toEqual(['lap', 2]);
  });

  it.each([
    ['empty', {}],
    ['cut off behind the first rule', { 'write.shell': decision('deny') }],
    ['with a weaker rule', { ...stronger, 'engine.shell': decision('require_review') }],
  ])('48 a file that is %s for a moment drops no floor', (_title, half) => {
    const { write, floor, reloads } = setup(stronger);
    write(ok(configOf(half)));
    vi.advanceTimersByTime(settleMs - 1);
    expect([floor(), reloads.mock.calls.length]).toEqual([stronger, 0]);
    write(ok(configOf(stronger)));
    vi.advanceTimersByTime(10 * settleMs);
    expect(floor()).toEqual(stronger);
  });

  it('48 a weaker one counts once the file stands still', () => {
    const { write, floor, reloads } = setup(stronger);
    write(ok(configOf(denying)));
    vi.advanceTimersByTime(settleMs - reloadDelayMs);
    write(ok(configOf({})));
    vi.advanceTimersByTime(settleMs - 1);
    expect(floor()).toEqual(stronger);
    vi.advanceTimersByTime(1);
    expect([floor(), reloads.mock.calls.length]).toEqual([{}, 1]);
  });

  it('48 what cannot be understood leaves the last good one, also when it comes while another settles', () => {
    const { write, floor, live } = setup();
    write(ok(configOf({})));
    write(err('policy.floor: no'));
    vi.advanceTimersByTime(10 * settleMs);
    expect([floor(), live.problem()]).toEqual([denying, 'policy.floor: no']);
    write(ok(configOf(stronger)));
    expect([floor(), live.problem()]).toEqual([stronger, null]);
  });

  it('reads nothing after it was stopped', () => {
    const { write, live, floor } = setup();
    write(ok(configOf({})));
    live.changed();
    live.stop();
    vi.advanceTimersByTime(10 * settleMs);
    expect(floor()).toEqual(denying);
  });
});
