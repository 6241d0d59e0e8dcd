import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Client, createClient } from '../../../src/client/client.ts';
import { ownerKey } from '../../../src/daemon/keys/owner-key.ts';
import { sealAsOwner } from '../../../src/daemon/keys/seal-call.ts';
import { setupApi, token } from '../api/setup-api.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the command line signs its privileged calls', () => {
  it('52 the daemon takes what the key signed, once for each call, and refuses the call without it', async () => {
    const { client, unsigned, events } = await listening();
    expect(await unsigned.revokeLease('x')).toMatchObject({ ok: false, error: { problem: { status: 403 } } });
    expect(await client.revokeLease('x')).toMatchObject({ ok: false, error: { problem: { status: 404 } } });
    expect(await client.revokeLease('x')).toMatchObject({ ok: false, error: { problem: { status: 404 } } });
    expect(events()).toEqual(['sourcechannel.policy.deny', 'sourcechannel.policy.allow', 'sourcechannel.policy.allow']);
  });

  it('without a key that may be used, the call is not made', async () => {
    const { client, folder, events } = await listening();
    chmodSync(join(folder, 'owner-client.json'), 0o644);
    const answer = await client.revokeLease('x');
    expect(answer).toMatchObject({
      ok: false,
      error: { problem: { status: 401, detail: expect.stringContaining('chmod') } },
    });
    expect(events()).toEqual([]);
  });

  it('a daemon that does not say where it stands is not signed for', () => {
    const channel = { channelId: 'urn:srcos:channel:owner', deviceId: '', profileId: '', policyBundleHash: '' };
    const call = { command: 'agent.lease.grant', method: 'POST', path: '/v1/leases', body: '', channel } as const;
    expect(sealAsOwner(temporaryFolder(), call)).toMatchObject({
      ok: false,
      error: expect.stringContaining('Restart'),
    });
  });
});

async function listening(): Promise<{ client: Client; unsigned: Client; folder: string; events: () => string[] }> {
  const folder = temporaryFolder();
  const key = ownerKey(folder);
  const setup = setupApi(undefined, key.ok ? { ownerKey: key.value.publicKey } : {});
  setup.clock.nowMs = Date.now() + 1000;
  const socketPath = join(folder, 'api.sock');
  await setup.api.listen({ path: socketPath });
  onTestFinished(async () => {
    await setup.api.close();
  });
  return {
    client: createClient({ socketPath, token, seal: async (call) => sealAsOwner(folder, call) }),
    unsigned: createClient({ socketPath, token }),
    folder,
    events: () =>
      setup.a.disk.audit
        .read(0, 100)
        .flatMap((event) => (typeof event === 'string' ? [] : [event.eventType]))
        .filter((type) => type.startsWith('sourcechannel.')),
  };
}
