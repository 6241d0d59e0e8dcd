import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AddedClientBody } from '../../src/api/types/clients.ts';
import type { GrantedBody, LeaseBody } from '../../src/api/types/leases.ts';
import { bytesFromBase64url } from '../../src/base/bytes.ts';
import { canonicalText } from '../../src/base/canonical-json.ts';
import { createClient } from '../../src/client/client.ts';
import { signPairFromSeed } from '../../src/crypto/keys.ts';
import { createUse } from '../../src/membership/lease/lease-use.ts';
import { type Home, type Stage, filesBelow, openStage } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;
let granted: GrantedBody & { secretKey: string };
let leaseFile: string;

beforeAll(async () => {
  stage = await openStage();
  home = stage.home('desk');
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
  leaseFile = join(stage.root, 'lease.json');
  granted = await home.json('lease', 'grant', '--agent', 'writer', '--capability', 'records.write', '--out', leaseFile);
});

afterAll(async () => {
  await stage.close();
});

describe('leases by the built program', () => {
  it('§9 the command line made its key for itself alone, and signed the call that granted', async () => {
    const key = join(home.folder, 'state', 'keys', 'owner-client.json');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const { items } = await home.json<{ items: { eventType: string }[] }>('audit', 'ls', '--oldest');
    const told = items.map(({ eventType }) => eventType).filter((type) => /^(sourcechannel|agent)\./.test(type));
    expect(told).toEqual(['sourcechannel.policy.allow', 'agent.lease.granted']);
  });

  it('52 the token of the home alone grants nothing', async () => {
    const socketPath = join(home.folder, 'run', 'api.sock');
    const token = readFileSync(join(home.folder, 'state', 'keys', 'api.token'), 'utf8').trim();
    const agentKey = 'A'.repeat(43);
    const bare = createClient({ socketPath, token });
    expect(await bare.grantLease({ agent: 'x', capability: 'y', agentKey })).toMatchObject({
      ok: false,
      error: { problem: { status: 403, reasonCode: 'policy_denied/authority_missing' } },
    });
  });

  it('36 a lease and its use are verified by a home that never was', async () => {
    const stranger = stage.home('stranger');
    expect(await stranger.json('lease', 'verify', leaseFile)).toMatchObject({ verdict: 'accept' });
    const useFile = join(stage.root, 'use.json');
    const { secretKey } = signPairFromSeed(bytesFromBase64url(granted.secretKey) ?? new Uint8Array(0));
    const use = createUse({
      ...{ leaseId: granted.leaseId, agentId: granted.agentId, usedAtMs: Date.now(), capability: 'records.write' },
      ...{ collection: 'workspace', contentHash: `sha256:${'ab'.repeat(32)}`, nonce: new Uint8Array(16), secretKey },
    });
    writeFileSync(useFile, `${canonicalText(use)}\n`);
    expect(await stranger.json('lease', 'verify', leaseFile, '--use', useFile)).toMatchObject({ verdict: 'accept' });
    writeFileSync(useFile, canonicalText({ ...use, collection: 'presence' }));
    const stolen = await stranger.run('lease', 'verify', leaseFile, '--use', useFile, '--json');
    expect(stolen.code).toBe(1);
    expect(JSON.parse(stolen.stdout)).toMatchObject({ verdict: 'reject', reasonCode: 'agent_untrusted' });
  });

  it('36 a revocation and the clients outlive a crash', async () => {
    const revocations = join(stage.root, 'revocations.json');
    await home.json('lease', 'revoke', granted.leaseId, '--out', revocations);
    const client = await home.json<AddedClientBody>('clients', 'add', 'editor', '--capability', 'records.read');
    await home.killDaemon('SIGKILL');
    await home.startDaemon();
    const { items } = await home.json<{ items: LeaseBody[] }>('lease', 'ls');
    expect(items).toMatchObject([{ leaseId: granted.leaseId, state: 'revoked' }]);
    const socketPath = join(home.folder, 'run', 'api.sock');
    const asClient = createClient({ socketPath, token: client.token });
    expect(await asClient.records('shell')).toMatchObject({ ok: true });
    expect(await asClient.audit()).toMatchObject({ ok: false, error: { problem: { status: 403 } } });
    const offline = await home.run('lease', 'verify', leaseFile, '--revocations', revocations, '--json');
    expect(offline.code).toBe(1);
    expect(JSON.parse(offline.stdout)).toMatchObject({ reasonCode: 'capability_expired', detail: 'revoked' });
    const files = await filesBelow(home.folder);
    const holders = [...files].filter(
      ([, content]) => content.includes(client.token) || content.includes(granted.secretKey),
    );
    expect(holders.map(([path]) => path)).toEqual([]);
  });
});
