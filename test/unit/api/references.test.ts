import { describe, expect, it } from 'vitest';
import type { ReferenceBody } from '../../../src/api/types/references.ts';
import { setupApi } from './setup-api.ts';

const url = '/v1/collections/workspace/records';

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
