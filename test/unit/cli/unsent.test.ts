import { expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import type { StatusBody, UnsentBody } from '../../../src/api/types/bodies.ts';
import { withGlance } from '../../../src/api/answers/glance.ts';
import { wellStore } from '../../helpers/well-store.ts';
import { run } from './setup-cli.ts';

const refused: UnsentBody = {
  ...{ scopeId: 's', kind: 'workspace', name: 'Team', relay: 'ws://r', code: 'E_QUOTA', reason: 'no room' },
  ...{ batches: 2, changes: { workspace: 3, notes: 1 } },
};

function statusOf(parts: Partial<StatusBody>) {
  const status = withGlance({
    device: { deviceId: 'd', userId: 'u', label: 'desk', version: '', revoked: false },
    relay: { url: 'ws://r', state: 'online', reason: null, nextAttemptAt: null },
    ...{
      relays: [],
      sync: { paused: false },
      engines: [],
      folders: [],
      devices: [],
      alarms: [],
      tombstones: [],
      unsent: [],
    },
    ...{ store: wellStore, keys: { protection: 'bare', locked: false, message: null }, ...parts },
  });
  return { client: { status: async () => ok(status) } };
}

it('what a relay refuses is a table with why, and how to go on; exit 3', async () => {
  const said = await run(statusOf({ unsent: [refused] }), 'sync', 'unsent');
  expect(said.exitCode).toBe(3);
  expect(said.out.join('\n')).toMatch(/workspace\s+Team\s+ws:\/\/r\s+E_QUOTA\s+no room\s+3 of workspace, 1 of notes/);
  expect(said.notes).toContain('sourcesync sync now');
});

it('nothing is refused: exit 0', async () => {
  expect(await run(statusOf({}), 'sync', 'unsent')).toMatchObject({ exitCode: 0, out: ['Nothing is refused.'] });
  expect(await run(statusOf({}), 'sync', 'unsent', '--json')).toMatchObject({ documents: [{ items: [] }] });
});

it('status names both what is refused and that this device was revoked', async () => {
  const device = { deviceId: 'd', userId: 'u', label: 'desk', version: '', revoked: true };
  const said = await run(statusOf({ device, unsent: [refused] }), 'status');
  expect(said.exitCode).toBe(3);
  expect(said.out.join('\n')).toContain('! This device was revoked');
  expect(said.out.join('\n')).toContain('! 2 batches of workspace not taken by ws://r: no room.');
});
