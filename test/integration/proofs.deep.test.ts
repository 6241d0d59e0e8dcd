import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import type { AuditVerifyBody } from '../../src/api/types/audit.ts';
import type { ProvenEventBody, ProvenRecordBody } from '../../src/api/types/proofs.ts';
import { tamperWith } from '../unit/store/tampering.ts';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

const fields = { kind: 'alias', name: 'll', body: 'ls -l' };

interface Proving {
  readonly stage: Stage;
  readonly author: Home;
  /** Nothing was ever set up here. */
  readonly stranger: Home;
}

async function setupProving(): Promise<Proving> {
  const stage = await openStage();
  onTestFinished(async () => {
    await stage.close();
  });
  const author = stage.home('author');
  await author.json('init', '--label', 'desk', '--yes');
  await author.startDaemon();
  return { stage, author, stranger: stage.home('stranger') };
}

it('38 a record proof made on one home verifies on an empty one, and a changed byte does not', async () => {
  const { stage, author, stranger } = await setupProving();
  const file = join(stage.root, 'proof.json');
  const source = join(stage.root, 'fields.json');
  await writeFile(source, JSON.stringify(fields));
  const written = await author.json<RecordBody>('records', 'put', 'shell', 'll', '--file', source);
  const made = await author.run('records', 'prove', 'shell', 'll', '--out', file);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  await author.killDaemon('SIGTERM');

  const proven = await stranger.json<ProvenRecordBody>('proof', 'verify', file);
  expect(proven).toMatchObject({
    ...{ valid: true, collection: 'shell', id: 'll', value: fields, operation: 'put' },
    ...{ changeId: written.version, deviceId: written.deviceId, scopeKind: 'profile' },
  });
  expect((await stranger.run('proof', 'verify', file, '--root', proven.rootKey)).code).toBe(0);
  const otherRoot = await stranger.run('proof', 'verify', file, '--root', 'A'.repeat(43));
  expect(otherRoot).toMatchObject({ code: 1, stdout: expect.stringContaining('another root') });

  const text = await readFile(file, 'utf8');
  for (const place of [200, text.indexOf('"record"') + 40, text.length - 300]) {
    const changed = text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
    await writeFile(file, changed);
    const refused = await stranger.run('proof', 'verify', file, '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ valid: false, reasonCode: expect.any(String) });
  }
});

it('41 an audit proof verifies on an empty home; a chain that lost rows is told of, and goes on behind them', async () => {
  const { stage, author, stranger } = await setupProving();
  const file = join(stage.root, 'proof.json');
  const source = join(stage.root, 'fields.json');
  await writeFile(source, JSON.stringify(fields));
  for (const id of ['a', 'b', 'c', 'd']) {
    await author.json('records', 'put', 'shell', id, '--file', source);
  }
  const made = await author.run('audit', 'prove', '2', '--out', file);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const whole = await author.json<AuditVerifyBody>('audit', 'verify');
  expect(whole).toMatchObject({ valid: true, checkpoint: { n: whole.events } });
  await author.killDaemon('SIGTERM');

  const proven = await stranger.json<ProvenEventBody>('audit', 'verify', '--proof', file);
  expect(proven).toMatchObject({ valid: true, kind: 'audit', position: 2, checkpoint: whole.checkpoint });
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"outcome":"allow"', '"outcome":"deny"'));
  const refused = await stranger.run('audit', 'verify', '--proof', file, '--json');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ valid: false, detail: 'audit_hash' });

  const { database } = await author.json<{ database: string }>('paths');
  for (const [statement, detail] of [
    [`delete from audit where row = ${whole.events}`, 'audit_truncated'],
    ['delete from audit where row = 2', 'audit_gap'],
    ['update audit set payload = zeroblob(300) where row = 1', 'audit_hash'],
  ] as const) {
    tamperWith(database, statement);
    await author.startDaemon();
    const told = await author.run('audit', 'verify', '--json');
    expect(told.code).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({ valid: false, reasonCode: 'signature_invalid', detail });
    await author.killDaemon('SIGTERM');
  }

  await author.startDaemon();
  const lostEvents = [
    { from: 1, to: 2 },
    { from: whole.events, to: whole.events },
  ];
  expect(await author.json('store', 'rebuild')).toEqual({ executed: false, records: [], lostEvents });
  const planned = await author.run('store', 'rebuild');
  expect(planned.stdout).toContain('Events 1 to 2 of the audit cannot be had again');
  expect(await author.json('store', 'rebuild', '--execute')).toEqual({ executed: true, records: [], lostEvents });
  await author.json('records', 'put', 'shell', 'e', '--file', source);
  const proof = await author.run('audit', 'prove', String(whole.events + 1));
  expect([proof.code, proof.stderr]).toEqual([1, expect.stringContaining('Event 1 was lost')]);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const mended = await author.json<AuditVerifyBody>('audit', 'verify');
    expect(mended).toMatchObject({ valid: true, message: expect.stringContaining('lost to damage: events 1 to 2') });
    expect(mended.events).toBeGreaterThan(whole.events + 2);
    expect((await author.run('doctor')).stdout).toMatch(/audit chain.*lost to damage/);
    expect(await author.json('store', 'rebuild')).toMatchObject({ lostEvents: [] });
    await author.killDaemon(signal);
    await author.startDaemon();
  }
});
