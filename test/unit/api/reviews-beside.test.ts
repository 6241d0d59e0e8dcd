import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import { last } from '../../helpers/setup-pair.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const rule = (value: string): JsonObject => ({ kind: 'permission', app: 'claude', list: 'allow', name: value, value });
const idOf = (value: string): string => `claude/permission/allow/${encodeURIComponent(value)}`;

/** Both devices hold the authority over agents. */
function withAuthority(): ApiSetup {
  const setup = setupApi();
  const { a, b, workspace } = setup;
  const drafted = a.replica.draftRole(workspace, b.replica.self, { role: 'admin', authorities: ['agents'] });
  for (const { replica } of [a, b]) {
    expect(drafted.ok && replica.receiveEntries(workspace, 0, [drafted.value.entry])).toMatchObject({ ok: true });
  }
  return setup;
}

describe('a proposal beside what else is live', () => {
  it('RV4 is judged by it, in the list and by itself', async () => {
    const { call, a, b, exchange } = withAuthority();
    b.put(['agents', idOf('Bash(git push)')], rule('Bash(git push)'));
    exchange();
    const { id } = last(a.reviews());
    const shown = async (): Promise<ReviewDetailBody> => (await call('GET', `/v1/reviews/${id}`)).json();
    expect((await shown()).judgement).toEqual({ level: 'dangerous', words: 'git push runs without asking' });
    a.put(['agents', idOf('Bash(git:*)')], rule('Bash(git:*)'));
    expect((await shown()).judgement).toEqual({
      level: 'harmless',
      words: 'harmless: Bash(git:*) is allowed already, and admits all of it',
    });
    expect((await call('GET', '/v1/reviews')).json().items).toMatchObject([{ id, level: 'harmless' }]);
    expect(a.fields(['agents', idOf('Bash(git push)')])).toBeNull();
  });

  it('RV1 is another one once what was beside it is gone: nothing is decided', async () => {
    const { call, a, b, exchange } = withAuthority();
    a.put(['agents', idOf('Bash(git:*)')], rule('Bash(git:*)'));
    b.put(['agents', idOf('Bash(git push)')], rule('Bash(git push)'));
    exchange();
    const { id } = last(a.reviews());
    const { version } = (await call('GET', `/v1/reviews/${id}`)).json<ReviewDetailBody>();
    a.remove(['agents', idOf('Bash(git:*)')]);
    const answer = await call('POST', `/v1/reviews/${id}/accept`, {}, { 'if-match': `"${version}"` });
    expect(answer.statusCode).toBe(412);
    expect(a.reviews().filter((item) => item.id === id)).toHaveLength(1);
  });
});
