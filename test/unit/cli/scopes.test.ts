import { describe, expect, it } from 'vitest';
import type { ScopeJoinBody } from '../../../src/api/types/people.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const waiting: ScopeJoinBody = { state: 'waiting_approval', digits: '123456', scope: null, message: null };

describe('scopes', () => {
  it('invite prints the code and what both people do with it', async () => {
    const invitePerson = async (scope: string, role: string): Promise<ReturnType<typeof ok>> =>
      ok({ code: `${scope}-${role}`, expiresAt: '2026-01-01T00:10:00.000Z' });
    const said = await run({ client: { invitePerson: invitePerson as never } }, 'scopes', 'invite', 'Team');
    expect(said.exitCode).toBe(0);
    expect(said.out.join('\n')).toContain('sourcesync scopes join Team-writer');
    expect(said.out.join('\n')).toContain('sourcesync pair approve DIGITS');
  });

  it('join shows the digits, and waits until the other person has approved', async () => {
    const bodies: ScopeJoinBody[] = [waiting, { ...waiting, state: 'joined', message: 'This device has joined Team.' }];
    const client = {
      joinScope: async () => ok(waiting),
      joiningScope: async () => ok(bodies.shift() ?? waiting),
    };
    const said = await run({ client }, 'scopes', 'join', 'CODE');
    expect([said.exitCode, said.out, said.notes]).toEqual([
      0,
      ['This device has joined Team.'],
      expect.stringContaining('123456'),
    ]);
  });

  it.each([
    ['that it failed', { joinScope: async () => ok({ ...waiting, state: 'failed', message: 'The digits differ.' }) }],
    ['what the daemon refuses', { joinScope: refuses(409, 'The digits differ.') }],
  ])('join says %s', async (_what, client) => {
    const said = await run({ client: client as never }, 'scopes', 'join', 'CODE');
    expect(said.exitCode).not.toBe(0);
    expect(said.notes).toContain('The digits differ.');
  });
});
