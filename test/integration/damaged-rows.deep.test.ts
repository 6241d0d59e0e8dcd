import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { StoreRebuildBody, StoreVerifyBody } from '../../src/api/types/store.ts';
import { type Home, type Stage, filesBelow, openStage, until } from '../helpers/processes.ts';
import { swap, tamperWith } from '../unit/store/tampering.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

const records = ['a', 'b', 'c'] as const;
const fieldsOf = (id: string) => ({ kind: 'task', title: `title of ${id}`, props: {} });

describe('two rows swapped in the database of a stopped home', () => {
  it('50 two rows swapped in the database: both quarantined, the rest works, and the log gives both back', async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    await home.startDaemon();
    for (const id of records) {
      await home.client().putRecord('workspace', id, fieldsOf(id));
    }
    const read = async (): Promise<unknown> =>
      Promise.all(records.map(async (id) => home.client().record('workspace', id)));
    const before = await read();
    expect(await home.json('store', 'verify')).toMatchObject({ ok: true, damaged: [] });
    await home.killDaemon('SIGTERM');

    await swapTwoRows(home);
    await home.startDaemon();

    await until('both are quarantined by the pass after the start', async () => (await held(home)).length === 2);
    expect(await held(home)).toMatchObject(
      ['a', 'b'].map((recordId) => ({ recordId, reasonCode: 'signature_invalid', detail: 'row_damaged' })),
    );
    expect(await engine(home)).toMatchObject({
      state: 'degraded',
      reasonCodes: ['signature_invalid'],
      counts: { quarantined: 2, live: 3 },
    });
    for (const refused of [
      await home.run('records', 'get', 'workspace', 'a'),
      await home.run('records', 'rm', 'workspace', 'a'),
    ]) {
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('sourcesync store rebuild');
    }
    expect(await home.json('records', 'get', 'workspace', 'c')).toMatchObject({ fields: fieldsOf('c') });
    expect(await home.client().putRecord('workspace', 'd', fieldsOf('d'))).toMatchObject({ ok: true });
    expect((await home.run('doctor')).stdout).toContain('2 stored records are damaged');

    const verified = await home.run('store', 'verify', '--json');
    expect(verified.code).toBe(3);
    expect((JSON.parse(verified.stdout) as StoreVerifyBody).damaged.map(({ recordId }) => recordId)).toEqual([
      'a',
      'b',
    ]);
    const plan = await home.json<StoreRebuildBody>('store', 'rebuild');
    expect(plan).toMatchObject({ executed: false, records: [{ outcome: 'planned' }, { outcome: 'planned' }] });
    expect(await held(home)).toHaveLength(2);

    const rebuilt = await home.json<StoreRebuildBody>('store', 'rebuild', '--execute');
    expect(rebuilt).toMatchObject({ executed: true, records: [{ outcome: 'rebuilt' }, { outcome: 'rebuilt' }] });
    expect(await read()).toEqual(before);
    expect(await held(home)).toEqual([]);
    expect(await engine(home)).toMatchObject({ state: 'local_only', counts: { quarantined: 0, live: 4 } });
    expect(await home.json('audit', 'verify')).toMatchObject({ valid: true });
    expect(await home.json('doctor')).toMatchObject({ ok: true });
    expect(await home.json('store', 'verify')).toMatchObject({ ok: true, damaged: [] });
  });
});

/** Exchanges payload and version of the first two records, as anyone who can write the file may do. */
async function swapTwoRows(home: Home): Promise<void> {
  const [path] = [...(await filesBelow(home.folder)).keys()].filter((name) => /state\/[^/]*\.db$/.test(name));
  const first = 'row = (select min(row) from old)';
  const second = 'row = (select min(row) + 1 from old)';
  tamperWith(join(home.folder, path as string), swap('record', 'version, payload', first, second));
}

async function held(home: Home): Promise<readonly unknown[]> {
  const answer = await home.client().quarantine();
  return answer.ok ? answer.value.items : [];
}

async function engine(home: Home): Promise<StatusBody['engines'][number]> {
  const answer = await home.client().status();
  const engines = answer.ok ? answer.value.engines : [];
  return engines.find(({ collection }) => collection === 'workspace') as StatusBody['engines'][number];
}
