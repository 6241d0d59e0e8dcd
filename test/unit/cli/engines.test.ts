import { describe, expect, it } from 'vitest';
import type { EngineBody } from '../../../src/api/types/bodies.ts';
import type { EnginePlanBody } from '../../../src/api/types/plan.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const plan: EnginePlanBody = {
  ...{ engineId: 'sourceos.sync.shell', collection: 'shell', enabled: false },
  local: { records: 3, files: 0 },
  remote: { waiting: 5 },
  wouldApply: { add: 1, change: 2, remove: 0, review: 4, conflict: 0, hold: 1, brake: true },
  wouldPublish: { changes: 3, files: 0 },
  needsChoice: true,
  choices: ['merge', 'remote', 'local', 'review'],
};

describe('engines plan', () => {
  it('says in words what would happen, and how to choose', async () => {
    const said = await run({ client: { planEngine: async () => ok(plan) } }, 'engines', 'plan', 'shell');
    expect(said.exitCode).toBe(0);
    expect(said.out.join('\n')).toMatch(
      /is off; nothing was changed[\s\S]*add 1, change 2 and remove 0[\s\S]*held by the mass-change brake[\s\S]*--first merge\|remote\|local\|review/,
    );
  });

  it('--json gives the document', async () => {
    const said = await run({ client: { planEngine: async () => ok(plan) } }, 'engines', 'plan', 'shell', '--json');
    expect(said.documents).toEqual([plan]);
  });

  it('of an engine that nobody knows: exit 1', async () => {
    const said = await run({ client: { planEngine: refuses(404, 'No engine is called x.') } }, 'engines', 'plan', 'x');
    expect([said.exitCode, said.notes]).toEqual([1, 'No engine is called x.']);
  });
});

describe('engines enable', () => {
  it('hands the choice on', async () => {
    const asked: unknown[] = [];
    const client = {
      enable: async (...call: unknown[]) => {
        asked.push(call);
        return ok({ engineId: 'sourceos.sync.shell', state: 'engine_current' } as EngineBody);
      },
    };
    const said = await run({ client }, 'engines', 'enable', 'shell', '--first', 'remote');
    expect([said.exitCode, asked]).toEqual([0, [['sourceos.sync.shell', 'remote']]]);
  });

  it('a choice that is none: exit 2', async () => {
    expect((await run({}, 'engines', 'enable', 'shell', '--first', 'mine')).exitCode).toBe(2);
  });
});
