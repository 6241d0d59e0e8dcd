import { describe, expect, it } from 'vitest';
import type { ReferenceBody } from '../../../src/api/types/references.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const url = '/v1/collections/workspace/records';

const at = `${url}/w/references`;

/** The header of a new client that may read these collections. */
async function clientOf(call: ApiSetup['call'], collections: readonly string[]): Promise<Record<string, string>> {
  const made = await call('POST', '/v1/clients', { name: 'reader', capabilities: ['records.read'], collections });
  return { authorization: `Bearer ${(made.json() as { token: string }).token}` };
}

describe('references of a record', () => {
  it('are each told with outcome, owner and remedy; what dangles stays listed', async () => {
    const { call, a, b, exchange } = setupApi();
    b.put(['inbox', 'held'], { producer: 'p', body: 1 });
    exchange();
    await call('PUT', `${url}/x`, { kind: 'task', title: 'x' });
    await call('PUT', `${url}/gone`, { kind: 'task', title: 'gone' });
    await call('DELETE', `${url}/gone`);
    a.disabled.add('sourceos.sync.models');
    const to = (target: string, required = true): object => ({ type: 'uses', to: target, required });
    await call('PUT', `${url}/w`, {
      ...{ kind: 'task', title: 'w', props: { token: { $secretRef: 'urn:srcos:secret:none' } } },
      edges: {
        ...{ a: to('workspace/x'), b: to('workspace/gone'), c: to('workspace/never', false), d: to('models/m') },
        ...{ e: to('nobody/n'), f: to('inbox/held'), g: to('secrets/none', false) },
      },
    });
    const answer = await call('GET', `${url}/w/references`);
    expect(answer.statusCode).toBe(200);
    const { items, satisfied } = answer.json() as { items: readonly ReferenceBody[]; satisfied: boolean };
    expect(items.map(({ to: target, outcome, verification, owner }) => [target, outcome, verification, owner])).toEqual(
      [
        ['workspace/x', 'present', 'verified', 'sourceos.sync.workspace'],
        ['workspace/gone', 'declared-but-unavailable', 'gateway-only', 'sourceos.sync.workspace'],
        ['workspace/never', 'optional-skipped', 'registry-only', 'sourceos.sync.workspace'],
        ['models/m', 'declared-but-unavailable', 'registry-only', 'sourceos.sync.models'],
        ['nobody/n', 'declared-but-unavailable', 'unavailable', null],
        ['inbox/held', 'declared-but-unavailable', 'gateway-only', 'sourceos.sync.inbox'],
        ['secrets/none', 'optional-skipped', 'registry-only', 'sourceos.sync.secrets'],
        ['secrets/none', 'declared-but-unavailable', 'registry-only', 'sourceos.sync.secrets'],
      ],
    );
    expect(satisfied).toBe(false);
  });

  it.each<[what: string, outcome: object, ask: (setup: ApiSetup) => Promise<{ json(): unknown }>]>([
    ['nobody', { to: 'models/m', outcome: 'present', fatal: false, remedy: null }, async ({ call }) => call('GET', at)],
    [
      'policy, for the optional too',
      { outcome: 'denied', fatal: true, remedy: expect.stringContaining('policy explain engine.models') },
      async ({ a, call }) => {
        a.floor = { 'engine.models': { kind: 'decision', value: 'deny' } };
        return call('GET', at);
      },
    ],
    [
      'the collections of the client that asks',
      { outcome: 'denied', fatal: true, remedy: expect.stringContaining('may not read models') },
      async ({ call }) => call('GET', at, undefined, await clientOf(call, ['workspace'])),
    ],
    [
      'no collection of the client that asks',
      { outcome: 'present', fatal: false },
      async ({ call }) => call('GET', at, undefined, await clientOf(call, ['workspace', 'models'])),
    ],
  ])('§8 denied by %s', async (_what, expected, ask) => {
    const setup = setupApi();
    setup.a.put(['models', 'm'], { kind: 'model', name: 'm', local: true, enabled: true });
    const edges = { e: { type: 'uses', to: 'models/m', required: false } };
    await setup.call('PUT', `${url}/w`, { kind: 'task', title: 'w', edges });
    const body = (await ask(setup)).json() as { items: readonly ReferenceBody[]; satisfied: boolean };
    expect(body).toMatchObject({ items: [expected] });
    expect(body.satisfied).toBe(body.items.every(({ outcome }) => outcome !== 'denied'));
  });

  it('§8 a client learns of no reference beyond its collections whether it is there', async () => {
    const setup = setupApi();
    setup.a.put(['models', 'm'], { kind: 'model', name: 'm', local: true, enabled: true });
    const edges = Object.fromEntries(
      ['models/m', 'models/none', 'nobody/n', 'secrets/s'].map((to, index) => [`e${index}`, { type: 'uses', to }]),
    );
    await setup.call('PUT', `${url}/w`, { kind: 'task', title: 'w', edges });
    const answer = await setup.call('GET', at, undefined, await clientOf(setup.call, ['workspace']));
    const { items } = answer.json() as { items: readonly ReferenceBody[] };
    expect(items.map(({ outcome }) => outcome)).toEqual(['denied', 'denied', 'denied', 'denied']);
    expect(items[0]?.verification).toBe(items[1]?.verification);
  });

  it('of a record that is not there, or whose row is damaged', async () => {
    const { call } = setupApi();
    expect((await call('GET', `${url}/none/references`)).statusCode).toBe(404);
    expect((await call('GET', '/v1/collections/NO!/records/none/references')).statusCode).toBe(404);
    await call('PUT', `${url}/x`, { kind: 'task', title: 'x' });
    expect((await call('GET', `${url}/x/references`)).json()).toEqual({
      ...{ collection: 'workspace', id: 'x', items: [], satisfied: true },
    });
  });
});
