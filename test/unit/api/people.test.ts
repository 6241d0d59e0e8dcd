import { expect, it } from 'vitest';
import { setupApi } from './setup-api.ts';

it.each([
  ['no role there is', '/v1/scopes/workspace/invite', { role: 'king' }, 400, 'one of reader, writer, admin'],
  ['a scope that is not held', '/v1/scopes/moon/invite', {}, 404, 'sourcesync scopes ls'],
  ['a profile, which is one person’s', '/v1/scopes/profile/invite', { role: 'reader' }, 422, "one person's"],
  ['a scope without a relay', '/v1/scopes/workspace/invite', { role: 'reader' }, 409, 'relay'],
  ['joining without a code', '/v1/scopes/join', {}, 400, 'sourcesync scopes invite'],
  ['joining with what is no code', '/v1/scopes/join', { code: 'ABC' }, 422, 'code'],
])('says what is wrong with %s', async (_what, path, body, status, message) => {
  const { call } = setupApi();
  const reply = await call('POST', path, body);
  expect([reply.statusCode, reply.json<{ detail: string }>().detail]).toEqual([
    status,
    expect.stringContaining(message),
  ]);
  expect((await call('GET', '/v1/scopes/join')).json()).toEqual({
    ...{ state: 'none', digits: null, scope: null, message: null },
  });
});
