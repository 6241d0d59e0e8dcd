import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OwnerReportBody, OwnerSetBody } from '../../../src/api/types/owners.ts';
import { err, ok } from '../../../src/base/result.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { run } from './setup-cli.ts';

const items = [
  { id: 'b', fields: { title: 'é' } },
  { id: 'a', fields: { n: 1 } },
];
const report: OwnerReportBody = {
  ...{ status: 'synced', upserted: 2, pruned: 1, unchanged: 0, skippedNoOp: false, syncToken: 7 },
  ...{ foreign: [], missing: [] },
};

function fileOf(content: string): string {
  const path = join(temporaryFolder(), 'set.json');
  writeFileSync(path, content);
  return path;
}

function push(client: object, file: string, ...more: string[]): ReturnType<typeof run> {
  return run({ client }, 'push', 'workspace', '--owner', 'app:tasks', '--token', '7', '--file', file, ...more);
}

describe('push', () => {
  it.each([
    [JSON.stringify(items), []],
    [JSON.stringify({ items }), ['--set-version', '1.2.0', '--execute']],
  ])('sends the set with the hash of its content', async (content, more) => {
    const sent: unknown[] = [];
    const client = {
      pushOwnerSet: async (collection: string, type: string, id: string, set: OwnerSetBody) => {
        sent.push([collection, type, id, set]);
        return ok(report);
      },
    };
    const said = await push(client, fileOf(content), ...more);
    expect(said).toMatchObject({ exitCode: 0, out: ['synced: 2 written, 1 pruned, 0 unchanged.'] });
    const isExecuted = more.length > 0;
    const version = isExecuted ? { version: '1.2.0' } : {};
    expect(sent).toEqual([
      [
        'workspace',
        'app',
        'tasks',
        { ...version, syncToken: 7, contentHash: contentHashOf(items), items, confirm: isExecuted },
      ],
    ]);
  });

  it('of the active set says that there is nothing to do', async () => {
    const client = { pushOwnerSet: async () => ok({ ...report, skippedNoOp: true, unchanged: 2 }) };
    expect((await push(client, fileOf('[]'))).out).toEqual(['Nothing to do: the set is the active one (2 records).']);
  });

  it('that was taken in part names what was not: exit 3', async () => {
    const foreign = [{ id: 'x', managedBy: 'user', author: 'urn:srcos:user:u' }];
    const missing = [{ id: 'y', to: 'workspace/z' }];
    const client = { pushOwnerSet: async () => ok({ ...report, status: 'partial' as const, foreign, missing }) };
    const said = await push(client, fileOf('[]'));
    expect(said.exitCode).toBe(3);
    expect(said.out.join('\n')).toMatch(/x belongs to[\s\S]*y needs workspace\/z/);
  });

  it.each([
    ['manual_review_required/brake_mass_change', 409, 3, /--execute/],
    [undefined, 409, 1, /held back/],
    ['policy_denied', 403, 6, /held back/],
  ])('that is refused as %s: exit as its reason says', async (reasonCode, status, exitCode, words) => {
    const body = { type: 'about:blank', title: '', status, detail: 'held back' };
    const problem = reasonCode === undefined ? body : { ...body, reasonCode };
    const client = { pushOwnerSet: async () => err({ kind: 'problem' as const, problem }) };
    const said = await push(client, fileOf('[]'));
    expect(said.exitCode).toBe(exitCode);
    expect(said.notes).toMatch(words);
  });

  it.each([
    ['no JSON', '{', 'app:tasks', '7', /not JSON from here on/],
    ['no items', '{"items":[{"id":1}]}', 'app:tasks', '7', /JSON array/],
    [
      'text that is not well-formed',
      '[{"id":"a","fields":{"x":"\\ud800"}}]',
      'app:tasks',
      '7',
      /\/0\/fields\/x .*half a character/,
    ],
    ['a number that would be rounded', '[{"id":"a","fields":{"x":1e400}}]', 'app:tasks', '7', /\/0\/fields\/x .*1e400/],
    [
      'an item that names its manager',
      '[{"id":"a","fields":{},"managedBy":"system"}]',
      'app:tasks',
      '7',
      /nothing else/,
    ],
    ['no such file', undefined, 'app:tasks', '7', /cannot be read/],
    ['an owner without a type', '[]', 'tasks', '7', /app:NAME/],
    ['a user as owner', '[]', 'user:me', '7', /app:NAME/],
    ['half a token', '[]', 'app:tasks', '1.5', /whole number/],
    ['a token of 2^53', '[]', 'app:tasks', '9007199254740992', /whole number/],
  ])('with %s: exit 2 in words', async (_name, content, owner, token, words) => {
    const file = content === undefined ? join(temporaryFolder(), 'none') : fileOf(content);
    const said = await run({ client: {} }, 'push', 'workspace', '--owner', owner, '--token', token, '--file', file);
    expect(said.exitCode).toBe(2);
    expect(said.notes).toMatch(words);
  });
});
