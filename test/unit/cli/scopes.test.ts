import { describe, expect, it } from 'vitest';
import type { ScopeUseBody } from '../../../src/api/types/devices.ts';
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

  const used: ScopeUseBody = {
    ...{ collection: 'notes', from: 'urn:srcos:scope:own', to: 'urn:srcos:scope:team', live: 3, questions: 1 },
    ...{ resting: ['/home/ann/notes'], goingOn: ['/home/ann/ours'], executed: false },
    notInStep: [{ path: '/home/ann/notes', count: 2 }],
  };

  it('use says what it would do and with which command, and what it has done', async () => {
    const calls: unknown[] = [];
    const useScope = async (...asked: unknown[]): Promise<ReturnType<typeof ok>> => {
      calls.push(asked);
      return ok({ ...used, executed: asked[2] });
    };
    const client = { useScope: useScope as never };
    const planned = await run({ client }, 'scopes', 'use', 'our team', '--collection', 'notes');
    const said = planned.out.join('\n');
    expect(said).toContain('would serve notes');
    expect(said).toContain('3 records');
    expect(said).toContain('/home/ann/notes rests until its workspace is chosen again');
    expect(said).toContain('2 files of it are not in step yet, and go on with it then');
    expect(said).toContain('/home/ann/ours goes on');
    expect(said).toContain("sourcesync scopes use 'our team' --collection notes --execute");
    const done = await run({ client }, 'scopes', 'use', 'our team', '--collection', 'notes', '--execute');
    expect(done.out.join('\n')).toContain('our team serves notes on this device now');
    expect(done.out.join('\n')).toContain('2 files of it are not in step yet');
    expect(calls).toEqual([
      ['our team', 'notes', false],
      ['our team', 'notes', true],
    ]);
  });

  it('use says nothing of files where all of them are in step, and counts one as one', async () => {
    const saidOf = async (notInStep: ScopeUseBody['notInStep']): Promise<string> => {
      const client = { useScope: async () => ok({ ...used, notInStep }) };
      return (await run({ client }, 'scopes', 'use', 'team', '--collection', 'notes')).out.join('\n');
    };
    expect(await saidOf([])).not.toContain('in step');
    expect(await saidOf([{ path: '/home/ann/notes', count: 1 }])).toContain(
      '1 file of it is not in step yet, and goes on',
    );
  });

  it('use says that it serves already, and what the daemon refuses', async () => {
    const same = async (): Promise<ReturnType<typeof ok>> => ok({ ...used, to: used.from });
    const shown = await run({ client: { useScope: same as never } }, 'scopes', 'use', 'x', '--collection', 'notes');
    expect(shown.out).toEqual(['x serves notes here already.']);
    const client = { useScope: refuses(409, 'It says what others may do.') };
    const refused = await run({ client }, 'scopes', 'use', 'x', '--collection', 'agents', '--execute');
    expect([refused.exitCode === 0, refused.notes]).toEqual([
      false,
      expect.stringContaining('It says what others may do.'),
    ]);
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
