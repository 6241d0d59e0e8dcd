import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordBody } from '../../../src/api/types/bodies.ts';
import { ok } from '../../../src/base/result.ts';
import type { LeaseToPresent } from '../../../src/cli/ground/context.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { refuses, run } from './setup-cli.ts';

interface Files {
  readonly lease: string;
  readonly key: string;
  readonly fields: string;
  readonly options: readonly string[];
}

function writtenFiles(): Files {
  const folder = temporaryFolder();
  const [lease, key, fields] = [join(folder, 'lease.json'), join(folder, 'agent.key'), join(folder, 'fields.json')];
  writeFileSync(lease, 'the lease');
  writeFileSync(key, 'the key');
  writeFileSync(fields, '{"name":"helper"}');
  return { lease, key, fields, options: ['--lease', lease, '--agent-key', key] };
}

const record = { collection: 'agents', id: 'one', version: 'v2', fields: { name: 'old' } } as unknown as RecordBody;

function setup(whole: LeaseToPresent['write']): {
  setup: Parameters<typeof run>[0];
  asked: LeaseToPresent[];
  sent: unknown[][];
} {
  const asked: LeaseToPresent[] = [];
  const sent: unknown[][] = [];
  const send = async (...args: unknown[]): Promise<ReturnType<typeof ok<RecordBody>>> => {
    sent.push(args);
    return ok(record);
  };
  const presentLease = async (request: LeaseToPresent): Promise<{ fields: never; header: string }> => {
    asked.push(request);
    return { fields: (whole.kind === 'put' ? whole.fields : null) as never, header: 'signed' };
  };
  const client = { putRecord: send as never, removeRecord: send as never, record: async () => ok(record) };
  return { asked, sent, setup: { local: { presentLease }, client } };
}

describe('records under a lease', () => {
  it('put has the use signed and sends the whole record', async () => {
    const files = writtenFiles();
    const it = setup({ kind: 'put', fields: { name: 'helper' } });
    const said = await run(it.setup, 'records', 'put', 'agents', 'one', '--file', files.fields, ...files.options);
    expect(said.exitCode).toBe(0);
    expect(it.asked).toEqual([
      {
        ...{ collection: 'agents', id: 'one', lease: 'the lease', agentKey: 'the key' },
        write: { kind: 'put', fields: { name: 'helper' } },
      },
    ]);
    expect(it.sent).toEqual([['agents', 'one', { name: 'helper' }, undefined, 'signed']]);
  });

  it('patch reads what it is of, and refuses to write over anything newer', async () => {
    const files = writtenFiles();
    const it = setup({ kind: 'put', fields: { name: 'helper' } });
    await run(it.setup, 'records', 'patch', 'agents', 'one', '--file', files.fields, ...files.options);
    expect(it.asked[0]?.write).toEqual({ kind: 'patch', patch: { name: 'helper' }, current: { name: 'old' } });
    expect(it.sent).toEqual([['agents', 'one', { name: 'helper' }, 'v2', 'signed']]);
  });

  it('rm signs a deletion', async () => {
    const files = writtenFiles();
    const it = setup({ kind: 'remove' });
    const said = await run(it.setup, 'records', 'rm', 'agents', 'one', ...files.options);
    expect(said).toMatchObject({ exitCode: 0, out: ['agents/one is deleted.'] });
    expect(it.sent).toEqual([['agents', 'one', 'signed']]);
  });

  it.each([
    ['a lease without a key', ({ lease }: Files) => ['--lease', lease], 'go together'],
    ['a key without a lease', ({ key }: Files) => ['--agent-key', key], 'go together'],
    ['a file that is not there', ({ key }: Files) => ['--lease', `${key}.none`, '--agent-key', key], 'cannot be read'],
  ])('%s is told', async (_title, options, words) => {
    const files = writtenFiles();
    const it = setup({ kind: 'remove' });
    const said = await run(it.setup, 'records', 'rm', 'agents', 'one', ...options(files));
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining(words) });
    expect(it.sent).toEqual([]);
  });

  it.each([
    ['put', ['--file'], 'is as it was; the write waits as rv_1.'],
    ['rm', [], 'is as it was.'],
  ])('%s that waits for a person ends with attention, and says where', async (verb, file, words) => {
    const files = writtenFiles();
    const { setup: parts } = setup({ kind: verb === 'put' ? 'put' : 'remove', fields: {} } as never);
    const waits = { review: 'rv_1', message: 'Accept it with: sourcesync reviews accept rv_1' };
    const send = (async () => ok({ ...record, waits })) as never;
    const client = { ...parts.client, putRecord: send, removeRecord: send };
    const args = ['records', verb, 'agents', 'one', ...file.flatMap((flag) => [flag, files.fields]), ...files.options];
    expect(await run({ ...parts, client }, ...args)).toMatchObject({
      ...{ exitCode: 3, out: [expect.stringContaining(words)], notes: waits.message },
    });
    const asJson = await run({ ...parts, client }, ...args, '--json');
    expect(asJson).toMatchObject({ exitCode: 3, notes: '' });
    expect(asJson.documents).toMatchObject([{ waits }]);
  });

  it('a lease that has expired is a denial', async () => {
    const files = writtenFiles();
    const { setup: parts } = setup({ kind: 'put', fields: {} });
    const client = { ...parts.client, putRecord: refuses(403, 'The lease has expired.', 'capability_expired/expired') };
    const said = await run(
      { ...parts, client },
      'records',
      'put',
      'agents',
      'one',
      '--file',
      files.fields,
      ...files.options,
    );
    expect(said).toMatchObject({ exitCode: 6, notes: 'The lease has expired.' });
  });
});
