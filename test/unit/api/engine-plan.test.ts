import { describe, expect, it } from 'vitest';
import { type ApiSetup, setupApi } from './setup-api.ts';

const alias = (body: string): { kind: string; name: string; body: string } => ({ kind: 'alias', name: 'l', body });
const url = '/v1/engines/sourceos.sync.shell';

describe('switching an engine on', () => {
  it('where both sides have data the first time, it is refused without a choice and points to the plan', async () => {
    const { call, a } = await strangers();
    const plan = (await call('GET', `${url}/plan`)).json<Record<string, unknown>>();
    expect(plan).toMatchObject({
      engineId: 'sourceos.sync.shell',
      collection: 'shell',
      enabled: false,
      local: { records: 1, files: 0 },
      remote: { waiting: 2 },
      wouldApply: { add: 0, change: 0, remove: 0, review: 2, conflict: 0, hold: 0, brake: false },
      needsChoice: true,
      choices: ['merge', 'remote', 'local', 'review'],
    });
    const refused = await call('POST', `${url}/enable`);
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({
      reasonCode: 'manual_review_required',
      detail: expect.stringContaining('sourcesync engines plan sourceos.sync.shell') as unknown,
    });
    expect((await call('GET', url)).json()).toMatchObject({ enabled: false });
    expect(a.fields(['shell', 'both'])).toEqual(alias('here'));
  });

  it.each([
    ['merge', 'here', 2],
    ['review', 'here', 2],
    ['local', 'here', 0],
    ['remote', 'there', 0],
  ] as const)('--first %s: %s is live, and %i reviews are open', async (first, body, open) => {
    const { call, a } = await strangers();
    expect((await call('POST', `${url}/enable`, { first })).json()).toMatchObject({ enabled: true });
    expect(a.fields(['shell', 'both'])).toEqual(alias(body));
    expect(a.reviews()).toHaveLength(open);
    expect((await call('GET', `${url}/plan`)).json()).toMatchObject({ needsChoice: false, choices: [] });
  });

  it('a choice that is none is refused, and nothing is switched', async () => {
    const { call } = await strangers();
    const answer = await call('POST', `${url}/enable`, { first: 'mine' });
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
      400,
      'first is one of: merge, remote, local, review.',
    ]);
    expect((await call('GET', url)).json()).toMatchObject({ enabled: false });
  });

  it('where only one side has data nothing is asked', async () => {
    const { call, a, exchange, b } = setupApi();
    b.put(['shell', 'x'], alias('there'));
    await call('POST', `${url}/disable`);
    exchange();
    expect((await call('POST', `${url}/enable`)).statusCode).toBe(200);
    expect(a.reviews()).toHaveLength(1);
  });

  it.each([
    ['/v1/engines/nobody/plan', 404, 'No engine is called nobody'],
    ['/v1/engines/sourceos.sync.secrets/plan', 409, 'never leave their device'],
    ['/v1/engines/sourceos.sync.policy-fabric/plan', 409, 'joined no org scope'],
  ])('%s answers %i: %s', async (path, status, words) => {
    const { call } = setupApi();
    const answer = await call('GET', path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ detail: string }>().detail).toContain(words);
  });
});

/** Device a worked alone, switched the engine off, and hears of what b wrote. */
async function strangers(): Promise<ApiSetup> {
  const setup = setupApi();
  const { a, b, call, exchange } = setup;
  b.put(['shell', 'both'], alias('there'));
  b.put(['shell', 'there'], alias('there'));
  a.put(['shell', 'both'], alias('here'));
  await call('POST', `${url}/disable`);
  a.disabled.add('sourceos.sync.shell');
  exchange();
  a.disabled.clear();
  return setup;
}
