import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { stateOf as engineStateOf } from '../../../src/lifecycle/state-of.ts';
import { createRole } from '../../../src/membership/log/create.ts';
import { admitBatch } from '../../../src/admission/admit-batch.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { setupDevices } from '../../helpers/setup-pair.ts';
import { rebind } from '../../helpers/rebind.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { createScope, seal, view } from '../admission/world.ts';
import { healthyFacts } from '../lifecycle/facts-of-health.ts';
import { setupArrival } from './arrival.ts';

const far = '7fffffffffff-0000' as Stamp;
const node = ['workspace', 'w'] as const;
const alias = { kind: 'alias', name: 'll', body: 'ls' };

/** The reasons for which changes were rejected on a device, from its audit chain. */
function rejectionsOn(device: TestDevice): readonly string[] {
  return device.disk.audit
    .read(0, 1000)
    .flatMap((event) =>
      typeof event !== 'string' && event.eventType === 'graph.write.rejected'
        ? [`${event.reasonCode}/${String(event.details['detail'])}`]
        : [],
    );
}

const deny = { kind: 'decision', value: 'deny' };

function policyOf(generation: number, rules: JsonObject): JsonObject {
  return { layer: 'org', generation, rules };
}

/** Why the last thing that a device judged was judged so. */
function lastReasonOn(device: TestDevice): string | undefined {
  const told = device.disk.audit
    .read(0, 1000)
    .flatMap((event) => (typeof event !== 'string' && event.reasonCode !== 'none' ? [event.reasonCode] : []));
  return told.at(-1);
}

describe('clocks', () => {
  it('37 clock set back: floor holds, stamps go on rising', () => {
    const { a, clock } = setupArrival();
    const before = a.put(node, { kind: 'task', title: 'one' }).stamp;
    clock.nowMs -= 3_600_000;
    a.restart();
    const after = a.put(node, { kind: 'task', title: 'two' }).stamp;
    expect(after > before).toBe(true);
  });

  it('37 poisoned stamp: clock_skew, told, and the clock here is not raised by it', () => {
    const { a, b, workspace } = setupArrival();
    const meta = encodeMeta({ stamp: far, frontier: {}, audit: null, scopes: [] });
    const records = [craftChange({ stamp: far })];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, meta, records }).bytes]);
    const version = b.row(node)?.version;
    const steps = version === undefined ? [] : (b.replica.explain(version)?.steps ?? []);
    expect(steps.find(({ step }) => step === 'clock')?.answer).toContain('clock_skew');
    expect(b.put(['workspace', 'own'], { kind: 'task', title: 'mine' }).stamp < far).toBe(true);
  });
});

describe('changes that do not belong here', () => {
  it('42 device-scope record arrives: policy_denied', () => {
    const { a, b, workspace } = setupArrival();
    rebind(b, 'presence', { scope: 'device' });
    const change = craftChange({ collection: 'presence', objectId: 'p', value: { kind: 'note', text: 'x' } });
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records: [change] }).bytes]);
    expect(rejectionsOn(b)).toEqual(['policy_denied/stays_on_device']);
    expect([b.row(['presence', 'p']), b.held()]).toEqual([undefined, []]);
  });

  it('42 vault-scope record arrives: policy_denied', () => {
    const { a, b, profile } = setupArrival();
    const change = craftChange({ collection: 'secrets', objectId: 's', value: { label: 'l', value: 'canary' } });
    b.replica.receive(profile, [craftBatch({ by: a, scopeId: profile, after: null, records: [change] }).bytes]);
    expect(rejectionsOn(b)).toEqual(['policy_denied/stays_on_device']);
    expect([b.row(['secrets', 's']), b.held(), b.disk.vault.list()]).toEqual([undefined, [], []]);
  });

  it('43 raw secret in a value: secret_redacted, held on arrival and never written here', () => {
    const { a, b, workspace } = setupArrival();
    const [, token = ''] = plantedSecrets.find(([rule]) => rule === 'npm') ?? [];
    const value = { kind: 'task', title: `use ${token}` };
    const records = [craftChange({ objectId: 's', value })];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expect(b.held()).toMatchObject([{ reasonCode: 'secret_redacted', recordId: 's' }]);
    expect([b.row(['workspace', 's']), b.held()[0]?.message.includes(token)]).toEqual([undefined, false]);
    expect(a.write(node, { kind: 'put', fields: value })).toMatchObject({
      ok: false,
      error: { refusal: { reasonCode: 'secret_redacted' } },
    });
    expect(a.appended).toEqual([]);
  });

  it('43 and the collection of secrets seals none and sends none', () => {
    const { a } = setupArrival();
    const write = a.write(['secrets', 'k'], { kind: 'put', fields: { label: 'key', value: 'canary' } });
    expect(write).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'policy_denied' } } });
    expect([a.appended, JSON.stringify(a.disk.audit.read(0, 100)).includes('canary')]).toEqual([[], false]);
  });

  it('44 profile record in a workspace: profile_boundary_violation', () => {
    const { a, b, workspace } = setupArrival();
    const change = craftChange({ collection: 'shell', objectId: 's', value: alias });
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records: [change] }).bytes]);
    expect(b.held()).toMatchObject([{ reasonCode: 'profile_boundary_violation', detail: 'scope_kind', recordId: 's' }]);
    expect([b.row(['shell', 's']), b.reviews()]).toEqual([undefined, []]);
  });

  it('44 and a workspace record in the profile: workspace_scope_mismatch', () => {
    const { a, b, profile } = setupArrival();
    b.replica.receive(profile, [
      craftBatch({ by: a, scopeId: profile, after: null, records: [craftChange({})] }).bytes,
    ]);
    expect(b.held()).toMatchObject([{ reasonCode: 'workspace_scope_mismatch', detail: 'scope_kind' }]);
  });

  it('45 org batch without enrolment: no_org_profile; no genesis: no_user_profile', () => {
    const { b } = setupArrival();
    const org = createScope('org');
    const foreign = seal(org);
    expect(b.replica.receive(org.scopeId, [foreign.bytes])).toMatchObject({ appended: 0, askAgain: true });
    expect(admitBatch(foreign.bytes, view(undefined))).toMatchObject({
      refusal: { verdict: 'quarantine', reasonCode: 'workspace_scope_mismatch' },
    });
    for (const [scope, reasonCode] of [
      ['org', 'no_org_profile'],
      ['workspace', 'no_org_profile'],
      ['profile', 'no_user_profile'],
    ] as const) {
      expect(engineStateOf({ ...healthyFacts, scope, scopeJoined: false })).toMatchObject({
        state: 'not_configured',
        reasonCodes: [reasonCode],
      });
    }
    expect(engineStateOf({ ...healthyFacts, identityPresent: false }).reasonCodes).toEqual(['no_user_profile']);
  });

  it('46 unknown collection: schema_unknown; newer major schema: migration_required', () => {
    const { a, b, workspace } = setupArrival();
    const records = [
      craftChange({ collection: 'recipes', objectId: 'r', value: {} }),
      craftChange({ objectId: 'newer', schemaVersion: '7.0.0' }),
      craftChange({ objectId: 'fine' }),
    ];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expect(b.held()).toMatchObject([
      { recordId: 'r', reasonCode: 'schema_unknown', detail: 'collection_unknown' },
      { recordId: 'newer', reasonCode: 'migration_required', detail: 'schema_major' },
    ]);
    expect(b.fields(['workspace', 'fine'])).toEqual({ kind: 'task', title: 't' });
  });

  it('46 a record that is none, or breaks its schema: schema_unknown, and its neighbours go on', () => {
    const { a, b, workspace } = setupArrival();
    const records = [new Uint8Array([0x7b]), craftChange({ objectId: 'bad', value: { title: 1 } }), craftChange({})];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expect(rejectionsOn(b)).toEqual(['schema_unknown/not_canonical']);
    expect(b.held()).toMatchObject([{ recordId: 'bad', reasonCode: 'schema_unknown', detail: 'record_invalid' }]);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 't' });
  });

  it.each([
    ['shell', 'profile', alias],
    ['workspace', 'workspace', { kind: 'task', title: 't', edges: { e: { type: 'automation', to: 'workspace/x' } } }],
  ] as const)('47 dangerous field of %s: manual_review_required, nothing live', (collection, scope, value) => {
    const { a, b, ...scopes } = setupArrival();
    const scopeId = scopes[scope];
    const records = [craftChange({ collection, objectId: 'd', value })];
    b.replica.receive(scopeId, [craftBatch({ by: a, scopeId, after: null, records }).bytes]);
    expect(b.reviews()).toMatchObject([{ collection, recordId: 'd', reasonCode: 'manual_review_required' }]);
    expect(JSON.stringify(b.fields([collection, 'd']) ?? null)).not.toMatch(/automation|ls/);
  });

  it.each<[string, 'a' | 'b', JsonObject, JsonObject, string]>([
    ['weaker', 'a', policyOf(1, { 'write.shell': deny }), policyOf(2, { 'write.shell': deny }), 'remote_policy_weaker'],
    ['newer', 'a', policyOf(3, {}), policyOf(3, {}), 'remote_policy_newer'],
    [
      'mixed, of one generation',
      'a',
      policyOf(2, { 'write.memory': deny }),
      policyOf(2, { 'write.memory': deny, 'write.shell': deny }),
      'remote_policy_newer',
    ],
    [
      'the same version with another body',
      'a',
      policyOf(2, { 'write.shell': { kind: 'max', value: 1 } }),
      policyOf(2, { 'write.shell': { kind: 'decision', value: null } }),
      'remote_policy_newer',
    ],
    [
      'generation raised without authority',
      'b',
      policyOf(3, {}),
      policyOf(2, { 'write.shell': deny }),
      'policy_denied',
    ],
    ['no rule, no layer', 'a', { generation: 9 }, policyOf(2, { 'write.shell': deny }), 'schema_unknown'],
  ])(
    '48 weaker, newer, mixed policy, or a generation raised without authority: %s, by %s',
    (_title, by, fields, held, reasonCode) => {
      const { all, exchange, workspace } = setupDevices(3);
      const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
      for (const device of all) {
        rebind(device, 'policy', { scope: 'workspace' });
      }
      a.put(['policy', 'org'], policyOf(2, { 'write.shell': deny }));
      exchange();
      const author = by === 'a' ? a : b;
      const records = [craftChange({ collection: 'policy', objectId: 'org', value: fields })];
      const after = author.disk.log.heads(workspace).get(author.keys.deviceId) ?? null;
      expect(
        c.replica.receive(workspace, [craftBatch({ by: author, scopeId: workspace, after, records }).bytes]),
      ).toMatchObject({
        appended: 1,
      });
      expect(c.fields(['policy', 'org'])).toEqual(held);
      expect(lastReasonOn(c)).toBe(reasonCode);
    },
  );

  it('53 snapshot with a critical record without proof: signature_invalid', () => {
    const { a, b, workspace, profile } = setupArrival();
    const shell = craftChange({ collection: 'shell', objectId: 's', value: alias });
    const presence = craftChange({ collection: 'presence', objectId: 'p', operation: 'put', value: 'not an update' });
    b.replica.receive(profile, [
      craftBatch({ by: a, scopeId: profile, after: null, kind: 'snapshot', records: [shell] }).bytes,
    ]);
    b.replica.receive(workspace, [
      craftBatch({ by: a, scopeId: workspace, after: null, kind: 'snapshot', records: [craftChange({}), presence] })
        .bytes,
    ]);
    const [first, second, ...others] = rejectionsOn(b);
    expect([first, second]).toEqual(['signature_invalid/proof_mismatch', 'signature_invalid/proof_mismatch']);
    // A record of a lower class is its sender's own word, and is judged as such.
    expect(others).not.toContain('signature_invalid/proof_mismatch');
    expect([b.row(['shell', 's']), b.row(node), b.reviews()]).toEqual([undefined, undefined, []]);
  });
});

describe('changes that were turned away', () => {
  it('23 a change of a device that was set back to reader takes no part in a later merge of its record', () => {
    const devices = setupDevices(3);
    const { workspace } = devices;
    const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
    a.put(node, { kind: 'task', title: 'one', note: 'one' });
    devices.send(a, c);
    c.patch(node, { op: 'add', path: '/title', value: 'by the reader' });
    const [own] = c.appended.map(({ batch }) => batch.bytes);
    b.replica.receive(workspace, [own as Uint8Array]);
    const state = stateOf(a, workspace);
    const entry = createRole({
      ...{ state, signer: a.keys, subject: c.keys.deviceId, role: 'reader', authorities: [] },
      cut: { sequence: 0, batchId: null },
    });
    for (const device of [a, b]) {
      expect(device.replica.receiveEntries(workspace, state.sequence + 1, [entry]).ok).toBe(true);
    }
    devices.send(a, b);
    expect(rejectionsOn(b)).toEqual(['policy_denied/role_insufficient']);
    a.patch(node, { op: 'add', path: '/note', value: 'two' });
    b.patch(node, { op: 'add', path: '/title', value: 'two' });
    devices.send(a, b);
    devices.send(b, a);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'two', note: 'two' });
    expect(a.fields(node)).toEqual(b.fields(node));
    expect(b.reviews()).toEqual([]);
  });
});
