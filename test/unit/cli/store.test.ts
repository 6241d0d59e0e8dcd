import { describe, expect, it } from 'vitest';
import type { RebuiltRecordBody } from '../../../src/api/types/store.ts';
import { ok } from '../../../src/base/result.ts';
import { run } from './setup-cli.ts';

function record(change: Partial<RebuiltRecordBody>): RebuiltRecordBody {
  return {
    ...{ collection: 'workspace', recordId: 'w', quarantineId: 'qr_1', changes: 3, outcome: 'damaged', message: null },
    ...change,
  };
}

describe('store verify', () => {
  it('of a whole store: exit 0', async () => {
    const client = { verifyStore: async () => ok({ ok: true, checked: 7, damaged: [] }) };
    expect(await run({ client }, 'store', 'verify')).toMatchObject({
      exitCode: 0,
      out: ['7 records, every seal opens.'],
    });
  });

  it('names what is damaged and what to do next: exit 3', async () => {
    const client = { verifyStore: async () => ok({ ok: false, checked: 7, damaged: [record({ recordId: null })] }) };
    const said = await run({ client }, 'store', 'verify');
    expect(said.exitCode).toBe(3);
    expect(said.out.join('\n')).toMatch(/1 record is damaged[\s\S]*\(unknown\)[\s\S]*sourcesync store rebuild/);
  });
});

describe('store rebuild', () => {
  it.each([
    [['--execute'], true, 'rebuilt', 0],
    [[], false, 'planned', 0],
    [['--execute'], true, 'failed', 3],
  ] as const)('%j: %s, %s, exit %i', async (options, executed, outcome, exitCode) => {
    const asked: boolean[] = [];
    const client = {
      rebuildStore: async (execute: boolean) => {
        asked.push(execute);
        return ok({ executed: execute, records: [record({ outcome })], lostEvents: [] });
      },
    };
    const said = await run({ client }, 'store', 'rebuild', ...options);
    expect([said.exitCode, asked]).toEqual([exitCode, [executed]]);
    expect(said.out.join('\n')).toContain(outcome);
    expect(said.out.join('\n').includes('Nothing was changed')).toBe(!executed);
  });

  it('with nothing to do: exit 0', async () => {
    const client = { rebuildStore: async () => ok({ executed: true, records: [], lostEvents: [] }) };
    expect(await run({ client }, 'store', 'rebuild')).toMatchObject({ exitCode: 0, out: ['Nothing is damaged.'] });
  });
});
