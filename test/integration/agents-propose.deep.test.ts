import { readFile, writeFile } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantedBody } from '../../src/api/types/leases.ts';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import type { ReviewBody, ReviewDetailBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { itDeep } from '../helpers/suite.ts';

const profile = '.profile';
const before = 'export EDITOR=vi\n';
const wanted = 'export EDITOR=nano\n';

let stage: Stage;
let desk: Home;
let laptop: Home;
let folder: string;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  folder = join(stage.root, 'dotfiles');
  mkdirSync(folder);
  writeFileSync(join(folder, profile), before);
  for (const home of [desk, laptop]) {
    await home.json('engines', 'enable', 'sourceos.sync.shell');
  }
  await desk.json('link', 'shell', folder);
  await until('the file is a record', async () => bodyOf(await on(desk)) === before);
  await until('the laptop is asked', async () => (await waiting(laptop)).length === 1);
  await laptop.json('reviews', 'accept', (await waiting(laptop))[0]?.id ?? '');
  await until('it is approved', async () => bodyOf(await on(laptop)) === before);
  await until('nothing waits', async () => (await waiting(desk)).length === 0);
});

afterAll(async () => {
  await stage.close();
});

describe('an agent under a lease', () => {
  it('proposes at home too: neither record nor file change before a person accepts, on two devices', async () => {
    const lease = await grant('writer');
    const put = await asAgent(lease, wanted);
    expect(put.code).toBe(3);
    const answer = JSON.parse(put.stdout) as RecordBody;
    expect([bodyOf(answer), answer.pending.reviews]).toEqual([before, 1]);
    const [atHome] = await waiting(desk);
    expect(atHome).toMatchObject({ id: answer.waits?.review, kind: 'proposal', author: 'urn:srcos:agent:writer' });
    await until('the laptop is asked the same', async () => (await waiting(laptop))[0]?.id === atHome?.id);
    expect([bodyOf(await on(desk)), bodyOf(await on(laptop))]).toEqual([before, before]);
    expect(await readFile(join(folder, profile), 'utf8')).toBe(before);

    await desk.json('reviews', 'accept', atHome?.id ?? '');
    expect(bodyOf(await on(desk))).toBe(wanted);
    await until('it is a file', async () => (await readFile(join(folder, profile), 'utf8')) === wanted);
    expect((await waiting(laptop)).map(({ id }) => id)).toEqual([atHome?.id]);
    expect(bodyOf(await on(laptop))).toBe(before);
    await laptop.json('reviews', 'accept', atHome?.id ?? '');
    expect(bodyOf(await on(laptop))).toBe(wanted);
    await until('both agree', async () => (await waiting(desk)).length === 0);
  });

  itDeep('has what it wrote dropped everywhere where a person rejects it', async () => {
    const put = await asAgent(await grant('writer'), 'rm -rf ~\n');
    const { waits } = JSON.parse(put.stdout) as RecordBody;
    await until('the laptop is asked', async () => (await waiting(laptop)).length === 1);
    await laptop.json('reviews', 'reject', waits?.review ?? '');
    await until('nobody is asked on the desk', async () => (await waiting(desk)).length === 0);
    expect(await desk.json<ReviewDetailBody>('reviews', 'show', waits?.review ?? '')).toMatchObject({
      status: 'rejected',
    });
    expect([bodyOf(await on(desk)), bodyOf(await on(laptop))]).toEqual([wanted, wanted]);
    expect(await readFile(join(folder, profile), 'utf8')).toBe(wanted);
  });

  itDeep('that needs a person is let through for one use, by one command', async () => {
    const lease = await grant('asker', '--requires-human');
    const put = await asAgent(lease, 'export EDITOR=ed\n');
    expect(put.code).toBe(3);
    const { waits } = JSON.parse(put.stdout) as RecordBody;
    expect(await waiting(desk)).toMatchObject([
      { id: waits?.review, kind: 'approval', author: 'urn:srcos:agent:asker' },
    ]);
    expect(bodyOf(await on(desk))).toBe(wanted);
    const approved = await desk.json<ReviewDetailBody>('lease', 'approve', waits?.review ?? '');
    expect(approved).toMatchObject({ status: 'accepted' });
    expect(bodyOf(await on(desk))).toBe('export EDITOR=ed\n');
    await until('the laptop has the proposal', async () => (await waiting(laptop)).length === 1);
    expect(bodyOf(await on(laptop))).toBe(wanted);

    const again = await asAgent(lease, 'export EDITOR=cat\n');
    const { waits: refused } = JSON.parse(again.stdout) as RecordBody;
    await desk.json('reviews', 'reject', refused?.review ?? '');
    expect([bodyOf(await on(desk)), await waiting(desk)]).toEqual(['export EDITOR=ed\n', []]);
  });

  itDeep('whose lease is revoked while it waits is told so, and nothing is written', async () => {
    const lease = await grant('late', '--requires-human');
    const put = await asAgent(lease, 'export EDITOR=joe\n');
    const { waits } = JSON.parse(put.stdout) as RecordBody;
    await desk.json('lease', 'revoke', lease.granted.leaseId);
    expect(await waiting(desk)).toEqual([]);
    const shown = await desk.json<ReviewDetailBody>('reviews', 'show', waits?.review ?? '');
    expect(shown).toMatchObject({ status: 'superseded', summary: expect.stringContaining('revoked') });
    expect((await desk.run('lease', 'approve', waits?.review ?? '')).code).toBe(1);
    expect(bodyOf(await on(desk))).toBe('export EDITOR=ed\n');
  });
});

interface Granted {
  readonly granted: GrantedBody;
  readonly options: readonly string[];
}

async function grant(agent: string, ...flags: readonly string[]): Promise<Granted> {
  const [lease, key] = [join(stage.root, `${agent}.json`), join(stage.root, `${agent}.key`)];
  const may = ['--agent', agent, '--capability', 'records.write', '--scope', 'profile', '--collection', 'shell'];
  const granted = await desk.json<GrantedBody & { secretKey: string }>(
    ...['lease', 'grant', ...may, '--ttl', '1h', '--out', lease, ...flags],
  );
  await writeFile(key, `${granted.secretKey}\n`, { mode: 0o600 });
  return { granted, options: ['--lease', lease, '--agent-key', key] };
}

async function asAgent({ options }: Granted, body: string): ReturnType<Home['run']> {
  const file = join(stage.root, 'wanted.json');
  const { fields } = (await on(desk)) as RecordBody;
  await writeFile(file, JSON.stringify({ ...fields, body }));
  return desk.run('records', 'put', 'shell', profile, '--file', file, ...options, '--json');
}

async function on(home: Home): Promise<RecordBody | undefined> {
  const said = await home.run('records', 'get', 'shell', profile, '--json');
  return said.stdout === '' ? undefined : (JSON.parse(said.stdout) as RecordBody);
}

async function waiting(home: Home): Promise<readonly ReviewBody[]> {
  return (await home.json<{ items: readonly ReviewBody[] }>('reviews', 'ls')).items;
}

function bodyOf(record: RecordBody | undefined): unknown {
  return record?.fields?.['body'];
}
