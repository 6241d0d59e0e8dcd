import { describe, expect, it } from 'vitest';
import type { HookBody, HooksBody, NotificationBody } from '../../../src/api/types/notices.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type { ClientFault } from '../../../src/client/client.ts';
import { refuses, run } from './setup-cli.ts';

const hook: HookBody = {
  ...{ name: 'tell', events: ['review.opened', 'key.rotated'], command: ['/bin/tell', '--short'], timeoutSeconds: 30 },
  ...{ running: false, problem: null, since: { runs: 3, failures: 1, dropped: 7, waiting: 2 } },
  last: {
    at: '2026-03-01T10:00:00.000Z',
    ok: true,
    message: 'It ended with 0.',
    tookMs: 12,
    output: 'fine \u001b[31mred',
  },
};

function answers<T>(...values: readonly T[]): () => Promise<Result<T, ClientFault>> {
  const left = [...values];
  return async () => ok((left.length > 1 ? left.shift() : left[0]) as T);
}

describe('notify test', () => {
  it.each([
    [{ shown: true, reason: null, enabled: true }, 0, 'A notification was shown.'],
    [
      { shown: true, reason: null, enabled: false },
      0,
      'A notification was shown. They are off: sourcesync config set notifications.enabled true',
    ],
    [{ shown: false, reason: 'There is no bus.', enabled: true }, 1, 'There is no bus.'],
  ] satisfies readonly (readonly [NotificationBody, number, string])[])(
    'of %j ends with %s',
    async (body, code, words) => {
      const said = await run({ client: { testNotification: answers(body) } }, 'notify', 'test');
      expect(said).toMatchObject({ exitCode: code, out: [words] });
    },
  );
});

describe('hooks', () => {
  it('ls says what each runs, on what, and how it went', async () => {
    const said = await run({ client: { hooks: answers<HooksBody>({ items: [hook], problem: null }) } }, 'hooks', 'ls');
    expect(said.out[0]?.split('\n')).toEqual([
      'tell',
      '  runs     /bin/tell --short',
      '  on       review.opened, key.rotated',
      '  at most  30 s',
      '  so far   3 runs, 1 failed, 2 events waiting, 7 events not told because too many came',
      expect.stringMatching(/^ {2}last {5}2026-0\S+ \S+: It ended with 0\.$/),
    ]);
  });

  it('ls says why one is not run, why none is, and how to write one', async () => {
    const items = [{ ...hook, problem: '/bin/tell is not there.', last: null }];
    const one = await run({ client: { hooks: answers<HooksBody>({ items, problem: null }) } }, 'hooks', 'ls');
    expect(one.out[0]).toMatch(/\n {2}not run {2}\/bin\/tell is not there\.$/);
    const none = await run({ client: { hooks: answers<HooksBody>({ items: [], problem: 'chmod' }) } }, 'hooks', 'ls');
    expect(none.out).toEqual(['No hook is run. chmod']);
    const empty = await run({ client: { hooks: answers<HooksBody>({ items: [], problem: null }) } }, 'hooks', 'ls');
    expect(empty.out[0]).toContain('[hooks.tell-me]');
  });

  it('test waits for the end of the run, and shows what it wrote without what a terminal obeys', async () => {
    const begun = { ...hook, running: true };
    const said = await run(
      {
        client: {
          testHook: answers(begun),
          hooks: answers<HooksBody>({ items: [begun], problem: null }, { items: [hook], problem: null }),
        },
      },
      ...['hooks', 'test', 'tell'],
    );
    expect(said).toMatchObject({ exitCode: 0, out: ['It ended with 0. It took 12 ms.\n\nfine \\x1b[31mred'] });
  });

  it('test ends with 1 where the run failed, or the hook was written differently meanwhile', async () => {
    const failed = { ...hook, last: { ...(hook.last as object), ok: false } as HookBody['last'] };
    expect(await run({ client: { testHook: answers(failed) } }, 'hooks', 'test', 'tell')).toMatchObject({
      exitCode: 1,
    });
    const gone = {
      testHook: answers({ ...hook, running: true }),
      hooks: answers<HooksBody>({ items: [], problem: null }),
    };
    expect(await run({ client: gone }, 'hooks', 'test', 'tell')).toMatchObject({
      ...{ exitCode: 1, notes: expect.stringContaining('was written differently') },
    });
    const refused = { testHook: refuses(404, 'There is no hook x.') };
    expect(await run({ client: refused }, 'hooks', 'test', 'x')).toMatchObject({
      exitCode: 1,
      notes: 'There is no hook x.',
    });
  });
});
