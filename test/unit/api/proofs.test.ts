import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { changeIdFromBytes } from '../../../src/base/ids.ts';
import { verifyProof } from '../../../src/daemon/offline/verify-proof.ts';
import { last } from '../../helpers/setup-pair.ts';
import { setupApi } from './setup-api.ts';

const alias = { kind: 'alias', name: 'll', body: 'ls -l' };
const address = '/v1/collections/shell/records/x';

describe('65 the proof of a record', () => {
  it('is the text of a proof file, of the version in force', async () => {
    const { call, a } = setupApi();
    await call('PUT', address, alias);
    const { version } = (await call('PATCH', address, { body: 'ls -la' })).json();
    const answer = await call('GET', `${address}/proof`);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(verifyProof(answer.payload, undefined)).toMatchObject({
      ...{ valid: true, kind: 'record', collection: 'shell', id: 'x', changeId: version, operation: 'patch' },
      ...{ deviceId: a.replica.self, deviceRevoked: false, at: '2026-01-01T00:00:00.000Z', sequence: 2, index: 1 },
    });
  });

  it('is of another change of the record when one is named', async () => {
    const { call } = setupApi();
    const { version } = (await call('PUT', address, alias)).json();
    await call('DELETE', address);
    const removed = await call('GET', `${address}/proof`);
    expect(verifyProof(removed.payload, undefined)).toMatchObject({ operation: 'tombstone' });
    const first = await call('GET', `${address}/proof?change=${version}`);
    expect(verifyProof(first.payload, undefined)).toMatchObject({ changeId: version, value: alias });
    const other = await call('GET', `/v1/collections/shell/records/y/proof?change=${version}`);
    expect(other.statusCode).toBe(404);
    expect((await call('GET', `${address}/proof?change=nonsense`)).statusCode).toBe(404);
  });

  it('of what another device wrote is given as well', async () => {
    const { call, a, b, exchange } = setupApi();
    b.put(['workspace', 'w'], { kind: 'task', title: 'by b' });
    exchange();
    const { payload } = await call('GET', '/v1/collections/workspace/records/w/proof');
    const rootKey = a.replica.scopes().find(({ state }) => state.kind === 'workspace')?.state.rootKeys.sign;
    const named = base64urlFromBytes(rootKey ?? new Uint8Array());
    expect(verifyProof(payload, named)).toMatchObject({
      deviceId: b.replica.self,
      scopeKind: 'workspace',
      rootKey: named,
    });
    const { items } = (await call('GET', '/v1/scopes')).json();
    expect(items.map(({ rootKey: shown }: { rootKey: string }) => shown)).toContain(named);
  });

  it('of what is not there, or not in force: 404; of a damaged row: 409', async () => {
    const { call, b, send, a } = setupApi();
    expect((await call('GET', `${address}/proof`)).statusCode).toBe(404);
    expect((await call('GET', '/v1/collections/shell/records/%00/proof')).statusCode).toBe(400);
    b.put(['shell', 'x'], alias);
    send(b, a);
    expect((await call('GET', `${address}/proof`)).json().detail).toContain('in force');
    const damaged = setupApi();
    damaged.a.disk.records.get = () => 'damaged';
    expect((await damaged.call('GET', `${address}/proof`)).statusCode).toBe(409);
  });

  it('of a change whose batch is not in the log: 409 with the reason', async () => {
    const { call, a } = setupApi();
    const { version } = (await call('PUT', address, alias)).json();
    const row = a.disk.history.get(version);
    const changeId = changeIdFromBytes(new Uint8Array(32));
    a.disk.history.addIfAbsent({ ...(row as NonNullable<typeof row>), changeId, sequence: 99 });
    const answer = await call('GET', `${address}/proof?change=${changeId}`);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ reasonCode: 'schema_unknown/proof_mismatch' });
  });
});

describe('103 the proof of an audit event', () => {
  it('is given by id and by position, and signs what no checkpoint covers yet', async () => {
    const { call, a } = setupApi();
    await call('PUT', address, alias);
    const { items } = (await call('GET', '/v1/audit')).json();
    const [first] = items as { id: string }[];
    expect(a.replica.auditCheckpoints()).toEqual([]);
    const byId = await call('GET', `/v1/audit/prove/${first?.id ?? ''}`);
    const byPosition = await call('GET', '/v1/audit/prove/1');
    expect(byPosition.payload).toBe(byId.payload);
    expect(a.replica.auditCheckpoints()).toHaveLength(1);
    expect(verifyProof(byId.payload, undefined)).toMatchObject({
      ...{ valid: true, kind: 'audit', position: 1, deviceId: a.replica.self, scopeKind: 'profile' },
      ...{ event: first, checkpoint: { n: a.disk.audit.head().count, at: '2026-01-01T00:00:00.000Z' } },
    });
  });

  it('of an event that is not there: 404', async () => {
    const { call } = setupApi();
    await call('PUT', address, alias);
    for (const id of ['99', '0', '-1', 'urn:srcos:audit:x', '99999999999']) {
      expect((await call('GET', `/v1/audit/prove/${id}`)).statusCode).toBe(404);
    }
  });

  it('41 of a chain that is not the one that was signed, or cannot be signed: 409 with the reason', async () => {
    const { call, a } = setupApi();
    await call('PUT', address, alias);
    a.replica.checkpointAudit(0);
    const events = a.disk.audit.read(0, 100);
    const n = events.length;
    const event = last(events);
    if (typeof event === 'string') {
      throw new Error('the chain is whole');
    }
    const other = `sha256:${'0'.repeat(64)}`;
    a.disk.audit.append({ ...event, eventHash: other, previousEventHash: event.eventHash });
    a.disk.settings.set('audit.tree', { count: n, head: other, nodes: [] });
    const unsigned = await call('GET', `/v1/audit/prove/${n + 1}`);
    expect(unsigned.statusCode).toBe(409);
    expect(unsigned.json().reasonCode).toBe('signature_invalid/audit_hash');
    const [kept] = a.replica.auditCheckpoints();
    a.disk.settings.set('audit.checkpoints', [{ ...kept, root: 'A'.repeat(43) }]);
    const forked = await call('GET', '/v1/audit/prove/1');
    expect(forked.json()).toMatchObject({ status: 409, reasonCode: 'signature_invalid/audit_fork' });
    const range = await call('GET', `/v1/audit/consistency?from=${n}`);
    expect(range.json()).toMatchObject({ status: 409, reasonCode: 'signature_invalid/audit_fork' });
    expect((await call('GET', '/v1/audit/verify')).json()).toMatchObject({ valid: false, checkpoint: { n } });
  });

  it('shows that the chain only grew between two kept checkpoints', async () => {
    const { call, a } = setupApi();
    expect((await call('GET', '/v1/audit/consistency?from=1')).json().detail).toContain('none yet');
    for (const body of ['a', 'b', 'c']) {
      await call('PUT', address, { ...alias, body });
      a.replica.checkpointAudit(0);
    }
    const [first, second, third] = a.replica.auditCheckpoints();
    const latest = await call('GET', `/v1/audit/consistency?from=${first?.n}`);
    expect(verifyProof(latest.payload, undefined)).toMatchObject({
      ...{ valid: true, kind: 'audit-consistency', from: { n: first?.n }, to: { n: third?.n, root: third?.root } },
    });
    const named = await call('GET', `/v1/audit/consistency?from=${first?.n}&to=${second?.n}`);
    expect(verifyProof(named.payload, undefined)).toMatchObject({ to: { n: second?.n } });
    for (const query of ['', '?from=99', `?from=${third?.n}&to=${first?.n}`, `?from=${first?.n}&to=x`]) {
      const answer = await call('GET', `/v1/audit/consistency${query}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().detail).toContain(String(second?.n));
    }
  });
});

describe('verifying a proof file', () => {
  it('says what is not proven, and less of it when a root key is named', async () => {
    const { call } = setupApi();
    await call('PUT', address, alias);
    const { payload } = await call('GET', `${address}/proof`);
    const open = verifyProof(`${payload}\n`, undefined);
    const { rootKey } = open as { rootKey: string };
    const pinned = verifyProof(payload, rootKey);
    const words = (verdict: unknown): string => (verdict as { notProven: readonly string[] }).notProven.join(' ');
    expect(words(open)).toContain('newest');
    expect(words(open)).toContain('--root KEY');
    expect(words(pinned)).not.toContain('--root KEY');
  });

  it('of another root, or changed: false with reason and words', async () => {
    const { call } = setupApi();
    await call('PUT', address, alias);
    const { payload } = await call('GET', `${address}/proof`);
    const other = base64urlFromBytes(new Uint8Array(32));
    expect(verifyProof(payload, other)).toMatchObject({ valid: false, reasonCode: 'workspace_scope_mismatch' });
    expect(verifyProof(payload.replace('record":"e', 'record":"f'), undefined)).toMatchObject({
      ...{ valid: false, reasonCode: 'signature_invalid', detail: 'proof_mismatch' },
      message: expect.stringContaining('false'),
    });
    expect(verifyProof('', undefined)).toMatchObject({ valid: false, reasonCode: 'schema_unknown' });
    expect(verifyProof(payload, 'short')).toMatchObject({ exitCode: 2, message: expect.stringContaining('43') });
  });
});
