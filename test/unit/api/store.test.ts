import { describe, expect, it } from 'vitest';
import { setupApi } from './setup-api.ts';

describe('the store', () => {
  it('is verified and rebuilt in the shapes of StoreVerifyBody and StoreRebuildBody', async () => {
    const { call } = setupApi();
    expect((await call('POST', '/v1/store/verify', {})).json()).toEqual({ ok: true, checked: 0, damaged: [] });
    expect((await call('POST', '/v1/store/rebuild', {})).json()).toEqual({
      executed: false,
      records: [],
      lostEvents: [],
    });
    expect((await call('POST', '/v1/store/rebuild', { execute: true })).json()).toEqual({
      executed: true,
      records: [],
      lostEvents: [],
    });
  });

  it.each([[{ execute: 'yes' }], [[]]])('a body of %j: 400 in words', async (body) => {
    const { call } = setupApi();
    const answer = await call('POST', '/v1/store/rebuild', JSON.stringify(body), {
      'content-type': 'application/json',
    });
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining('execute')]);
  });

  it('that the disk does not let be copied: 507 in words', async () => {
    const { call } = setupApi();
    const answer = await call('POST', '/v1/store/copy', {});
    expect([answer.statusCode, answer.json().detail]).toEqual([507, 'There is no room for a copy of it.']);
  });
});
