import { describe, expect, it } from 'vitest';
import { setupApi } from './setup-api.ts';

describe('notifications and hooks over the API', () => {
  it('are what the daemon says of them', async () => {
    const { call } = setupApi();
    expect((await call('POST', '/v1/notifications/test', {})).json()).toEqual({
      ...{ shown: false, reason: 'no desktop here', enabled: true },
    });
    expect((await call('GET', '/v1/hooks')).json()).toEqual({ items: [], problem: null });
    const unknown = await call('POST', '/v1/hooks/nope/test', {});
    expect([unknown.statusCode, (unknown.json() as { detail: string }).detail]).toEqual([
      404,
      'There is no hook nope.',
    ]);
  });
});
