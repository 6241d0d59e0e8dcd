import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantedBody, LeaseBody } from '../../src/api/types/leases.ts';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;
let leaseFile: string;
let keyFile: string;
let granted: GrantedBody & { secretKey: string };

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const home of [desk, laptop]) {
    await home.json('engines', 'enable', 'sourceos.sync.agent-registry');
  }
  leaseFile = join(stage.root, 'lease.json');
  keyFile = join(stage.root, 'agent.key');
  const wanted = ['--agent', 'helper', '--capability', 'records.write', '--collection', 'agents', '--ttl', '1h'];
  granted = await desk.json('lease', 'grant', ...wanted, '--out', leaseFile);
  writeFileSync(keyFile, `${granted.secretKey}\n`, { mode: 0o600 });
});

afterAll(async () => {
  await stage.close();
});

describe('an agent on a device without the authority', () => {
  it('is refused without a lease, in words that say what to do', async () => {
    const refused = await laptop.run('records', 'put', 'agents', 'one', '--file', fieldsFile('one'));
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('--authority agents');
  });

  it('writes, patches and deletes under a lease, and it counts on the other device', async () => {
    await leased('put', 'one', fieldsFile('one'));
    await until('the desk has it', async () => (await on(desk, 'one'))?.fields?.['name'] === 'one');
    expect(await on(desk, 'one')).toMatchObject({ author: 'urn:srcos:agent:helper' });
    await leased('patch', 'one', fileWith({ description: 'helps' }));
    await until('the desk has the patch', async () => (await on(desk, 'one'))?.fields?.['description'] === 'helps');
    await laptop.json('records', 'rm', 'agents', 'one', '--lease', leaseFile, '--agent-key', keyFile);
    await until('it is gone from the desk', async () => (await on(desk, 'one'))?.state === 'tombstoned');
  });

  it('is refused once the lease is revoked on the other device; what it wrote before stays', async () => {
    await leased('put', 'two', fieldsFile('two'));
    await until('the desk has it', async () => (await on(desk, 'two'))?.fields?.['name'] === 'two');
    await desk.json('lease', 'revoke', granted.leaseId);
    await until('the laptop has heard of it', async () => {
      const { items } = await laptop.json<{ items: { eventType: string }[] }>('audit', 'ls', '--limit', '1000');
      return items.some(({ eventType }) => eventType === 'agent.lease.revoked');
    });
    const refused = await laptop.run(
      ...['records', 'put', 'agents', 'three', '--file', fieldsFile('three')],
      ...['--lease', leaseFile, '--agent-key', keyFile],
    );
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('The lease is revoked.');
    expect(await on(laptop, 'two')).toMatchObject({ state: 'live' });
    const { items } = await desk.json<{ items: LeaseBody[] }>('lease', 'ls');
    expect(items).toMatchObject([{ state: 'revoked' }]);
  });
});

async function leased(verb: 'put' | 'patch', id: string, file: string): Promise<void> {
  await laptop.json('records', verb, 'agents', id, '--file', file, '--lease', leaseFile, '--agent-key', keyFile);
}

function fieldsFile(name: string): string {
  return fileWith({ name });
}

function fileWith(fields: object): string {
  const file = join(stage.root, `${Object.values(fields).join('-')}.json`);
  writeFileSync(file, JSON.stringify(fields));
  return file;
}

async function on(home: Home, id: string): Promise<RecordBody | undefined> {
  const said = await home.run('records', 'get', 'agents', id, '--json');
  return said.stdout === '' ? undefined : (JSON.parse(said.stdout) as RecordBody);
}
