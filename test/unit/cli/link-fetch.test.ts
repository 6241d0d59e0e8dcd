import { describe, expect, it } from 'vitest';
import type { LinkFetchBody, LinkProblemBody, LinkShowBody } from '../../../src/api/types/links.ts';
import { ok } from '../../../src/base/result.ts';
import type { Client } from '../../../src/client/client.ts';
import { run } from './setup-cli.ts';

const here: LinkFetchBody = { root: '/photos', path: 'a.raw', state: 'here', message: null };
const moving: LinkFetchBody = { ...here, state: 'moving', message: '1.0 MiB of 9.0 MiB' };
const stands = (code: string, message: string): LinkProblemBody => ({
  ...{ path: 'a.raw', code, message },
  ...{ since: '2026-01-01T00:00:00.000Z', isOutOfStep: true },
});

/** Answers one after the other; the last one stays. */
function clientOf(
  answers: readonly LinkFetchBody[],
  problems: readonly (LinkProblemBody | undefined)[],
  pausedReason: string | null = null,
): { readonly client: Partial<Client>; readonly asked: string[] } {
  const asked: string[] = [];
  const [left, seen] = [[...answers], [...problems]];
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift() : list[0]) as T;
  const client: Partial<Client> = {
    async fetchLink(path) {
      asked.push(path);
      return ok(next(left));
    },
    async showLink() {
      const problem = next(seen);
      const shown: Partial<LinkShowBody> = { problems: problem === undefined ? [] : [problem], pausedReason };
      return ok(shown as LinkShowBody);
    },
  };
  return { client, asked };
}

describe('link fetch', () => {
  it('says that a file is here', async () => {
    const { client, asked } = clientOf([here], []);
    const said = await run({ client }, 'link', 'fetch', '/photos/a.raw');
    expect([said.exitCode, said.out, asked]).toEqual([0, ['/photos/a.raw is here, and in step.'], ['/photos/a.raw']]);
  });

  it('ends once it has come, and asks for it only twice', async () => {
    const { client, asked } = clientOf([moving, here], [stands('large_moving', '8.0 MiB of 9.0 MiB'), undefined]);
    const said = await run({ client }, '--json', 'link', 'fetch', '/photos/a.raw');
    expect([said.exitCode, said.documents, asked.length]).toEqual([0, [here], 2]);
  });

  it.each([
    ['fails on its way', [moving], [stands('large_waits', 'No relay is there.')], null, 'No relay is there.'],
    ['is apart', [{ ...here, state: 'apart', message: 'It is too large.' }], [], null, 'It is too large.'],
    ['lies in a folder that pauses meanwhile', [moving], [undefined], 'The disk is gone.', 'The disk is gone.'],
  ] as const)('says why a file does not come that %s', async (_what, answers, problems, paused, why) => {
    const { client } = clientOf(answers, problems, paused);
    const said = await run({ client }, 'link', 'fetch', '/photos/a.raw');
    expect([said.exitCode, said.out]).toEqual([1, []]);
    expect(said.notes).toContain(`/photos/a.raw is not in step. ${why}`);
  });
});
