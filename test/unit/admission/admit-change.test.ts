import { describe, expect, it } from 'vitest';
import { type ChangeAdmission, admitChange, judgeChange } from '../../../src/admission/admit-change.ts';
import { changeLine } from '../../../src/admission/change-line.ts';
import type { ChangeContext } from '../../../src/admission/change-question.ts';
import { type ChangeStep, changeSteps } from '../../../src/admission/steps.ts';
import { traceChange } from '../../../src/admission/trace.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { type CollectionName, type RecordId, changeIdFromBytes } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Change } from '../../../src/contract/change.ts';
import { type Manifest, type ScopeKind, scopeKinds } from '../../../src/contract/manifest.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import type { EventBefore } from '../../../src/log/audit-entry.ts';
import { changeIdOf, encodeChange } from '../../../src/log/change.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import { auditEvent, entryChange } from '../../helpers/audit-entries.ts';
import { alice, bob, change, context, createScope, farStamp, manifest, rulesFor, stranger } from './world.ts';

const scopes = Object.fromEntries(scopeKinds.map((kind) => [kind, createScope(kind)])) as Record<
  ScopeKind,
  ReturnType<typeof createScope>
>;
const inProfile = context({ scope: scopes.profile });
/** A collection of this strategy in the profile, which Alice administers and where Bob writes. */
const asking = (mergeStrategy: Manifest['mergeStrategy'], collection = 'shell', by = bob): ChangeContext => {
  const changed = { ...manifest(collection, 'profile'), mergeStrategy };
  const rulesOf: ChangeContext['rulesOf'] = () => ({ ...rules('shell'), manifest: changed });
  return { ...inProfile, rulesOf, batch: { ...inProfile.batch, deviceId: by.deviceId } };
};
const of = (collection: string): Partial<Change> => ({ collection: collection as CollectionName });

interface Case {
  readonly title: string;
  readonly change?: Partial<Change>;
  readonly bytes?: Uint8Array;
  readonly context?: ChangeContext;
  readonly verdict: Refusal['verdict'];
  readonly reason: string;
  readonly step: ChangeStep;
}

const author = change().authorId;
const noted = auditEvent(bob.deviceId, '1');
/** Bob's device enters an event, in a collection of the name audit that has whatever record schema. */
const entry = (
  event: JsonObject = noted,
  more: Partial<Change> = {},
  before?: ChangeContext['eventBefore'],
): { readonly change: Partial<Change>; readonly context: ChangeContext } => {
  const context = asking('append_only', 'audit');
  const rulesOf: ChangeContext['rulesOf'] = () => ({
    ...rules('shell'),
    manifest: { ...manifest('audit', 'profile'), mergeStrategy: 'append_only' },
    validate: (fields) => ok(fields),
  });
  return {
    change: { ...entryChange(bob.deviceId, event), ...more },
    context: { ...context, rulesOf, ...(before === undefined ? {} : { eventBefore: before }) },
  };
};
const follows = (hash: unknown): JsonObject => auditEvent(bob.deviceId, '2', { previousEventHash: String(hash) });
const behind = (hash: unknown) => (): EventBefore => ({ hash: hash === null ? null : String(hash) });
const other = auditEvent(bob.deviceId, '3');

/** What a member with its keys may try on the audit, each signed by Bob's device. */
const attacks: readonly (readonly [string, ReturnType<typeof entry>, string])[] = [
  ['another person acted', entry(auditEvent(bob.deviceId, '1', { actorId: 'urn:srcos:user:other' })), 'audit_actor'],
  ['another device acted', entry(auditEvent(bob.deviceId, '1', { actorId: alice.deviceId })), 'audit_actor'],
  ['an agent acted', entry(auditEvent(bob.deviceId, '1', { actorId: 'urn:srcos:agent:a' })), 'audit_actor'],
  ['it is of another device', entry(auditEvent(bob.deviceId, '1', { deviceId: alice.deviceId })), 'audit_actor'],
  ['it is of no device', entry(auditEvent(bob.deviceId, '1', { deviceId: null })), 'audit_actor'],
  ['an event of another device', entry(auditEvent(alice.deviceId, '1')), 'audit_actor'],
  ['its person wrote it', entry(noted, { authorId: author, managedBy: 'user' }), 'audit_actor'],
  ['another device wrote it', entry(noted, { authorId: alice.deviceId }), 'audit_actor'],
  ['a program wrote it', entry(noted, { authorId: 'urn:srcos:app:tasks', managedBy: 'app' }), 'audit_actor'],
  ["its record is a person's", entry(noted, { managedBy: 'user' }), 'audit_actor'],
  ['other content than its hash', entry({ ...noted, outcome: 'deny' }), 'audit_hash'],
  ['a hidden member', entry({ ...noted, hidden: 1 }), 'audit_hash'],
  ['the hash of other content', entry({ ...noted, eventHash: other['eventHash'] as string }), 'audit_hash'],
  ['a hash that is none', entry({ ...noted, eventHash: 'sha256:00' }), 'audit_hash'],
  [
    'the id of another event',
    entry(noted, { objectId: entryChange(bob.deviceId, other).objectId as RecordId }),
    'audit_hash',
  ],
  ['an id of its own choice', entry(noted, { objectId: 'mine' as RecordId }), 'audit_hash'],
  ['no hash', entry({ ...noted, eventHash: null }, { objectId: 'mine' as RecordId }), 'immutable_entry'],
  ['no object', entry(noted, { value: 'event' }), 'immutable_entry'],
  [
    'an update',
    entry(noted, { operation: 'patch', value: [{ op: 'add', path: '/outcome', value: 'deny' }] }),
    'immutable_entry',
  ],
  ['a deletion', entry(noted, { operation: 'delete', value: null }), 'immutable_entry'],
  [
    'an entry upon another version',
    entry(noted, { parents: [changeIdFromBytes(new Uint8Array(32).fill(7))] }),
    'immutable_entry',
  ],
  ['a gap', entry(follows(noted['eventHash']), {}, behind(other['eventHash'])), 'audit_gap'],
  ['a beginning behind others', entry(noted, {}, behind(other['eventHash'])), 'audit_gap'],
  ['the same entry twice', entry(noted, {}, behind(noted['eventHash'])), 'audit_gap'],
];

const refusals: readonly Case[] = [
  ...['urn:srcos:user:other', 'urn:srcos:service', 'urn:srcos:scope:x'].map(
    (authorId): Case => ({
      title: `a change that says ${authorId} wrote it`,
      change: { authorId },
      verdict: 'quarantine',
      reason: 'signature_invalid/author_foreign',
      step: 'author',
    }),
  ),
  {
    title: 'a change that says the system manages its record',
    change: { managedBy: 'system' },
    verdict: 'quarantine',
    reason: 'signature_invalid/author_foreign',
    step: 'author',
  },
  ...attacks.map(
    ([title, { change: wrong, context }, detail]): Case => ({
      ...{
        title: `41 an entry of the audit: ${title}`,
        change: wrong,
        context,
        step: 'audit_entry',
        verdict: 'reject',
      },
      reason: `${detail === 'immutable_entry' ? 'policy_denied' : 'signature_invalid'}/${detail}`,
    }),
  ),
  {
    title: '13b an entry of the audit behind something that cannot be read here yet',
    ...entry(follows(noted['eventHash']), {}, () => 'unread'),
    verdict: 'quarantine',
    reason: 'signature_invalid/audit_gap',
    step: 'audit_entry',
  },
  {
    title: 'a record that is no JSON',
    bytes: utf8('ls -lh'),
    verdict: 'reject',
    reason: 'schema_unknown/not_canonical',
    step: 'record',
  },
  {
    title: 'a record of another shape',
    bytes: utf8('{}'),
    verdict: 'reject',
    reason: 'schema_unknown/record_malformed',
    step: 'record',
  },
  {
    title: 'a schema version that is none',
    change: { schemaVersion: 'latest' },
    verdict: 'reject',
    reason: 'schema_unknown/record_malformed',
    step: 'record',
  },
  {
    title: '§10.42 a device-scope record arrives',
    change: of('hints'),
    verdict: 'reject',
    reason: 'policy_denied/stays_on_device',
    step: 'residence',
  },
  {
    title: '§10.42 a vault-scope record arrives',
    change: of('secrets'),
    verdict: 'reject',
    reason: 'policy_denied/stays_on_device',
    step: 'residence',
  },
  {
    title: '§10.42 a vault record, even in the own log',
    change: of('secrets'),
    context: { ...inProfile, scopeIsLocal: true },
    verdict: 'reject',
    reason: 'policy_denied/stays_on_device',
    step: 'residence',
  },
  {
    title: '§10.42 a vault manifest under a configuration that would let it travel',
    change: of('secrets'),
    context: { ...inProfile, rulesOf: () => ({ ...rules('shell'), manifest: manifest('secrets', 'vault') }) },
    verdict: 'reject',
    reason: 'policy_denied/stays_on_device',
    step: 'residence',
  },
  {
    title: '§10.44 a profile record in a workspace',
    context: context({ scope: scopes.workspace }),
    verdict: 'quarantine',
    reason: 'profile_boundary_violation/scope_kind',
    step: 'scope_kind',
  },
  {
    title: '§10.44 a profile record in an org',
    context: context({ scope: scopes.org }),
    verdict: 'quarantine',
    reason: 'profile_boundary_violation/scope_kind',
    step: 'scope_kind',
  },
  {
    title: '§10.44 a profile record in a public scope',
    context: context({ scope: scopes.public }),
    verdict: 'quarantine',
    reason: 'profile_boundary_violation/scope_kind',
    step: 'scope_kind',
  },
  {
    title: '§10.44 a profile record in the own log',
    context: { ...inProfile, scopeIsLocal: true },
    verdict: 'quarantine',
    reason: 'profile_boundary_violation/scope_kind',
    step: 'scope_kind',
  },
  {
    title: 'a workspace record in a profile',
    change: of('workspace'),
    verdict: 'quarantine',
    reason: 'workspace_scope_mismatch/scope_kind',
    step: 'scope_kind',
  },
  {
    title: 'an org record in a workspace',
    change: of('policy'),
    context: context({ scope: scopes.workspace }),
    verdict: 'quarantine',
    reason: 'workspace_scope_mismatch/scope_kind',
    step: 'scope_kind',
  },
  {
    title: '§10.46 unknown collection',
    change: of('weather'),
    verdict: 'quarantine',
    reason: 'schema_unknown/collection_unknown',
    step: 'collection',
  },
  {
    title: '§10.46 newer major schema',
    change: { schemaVersion: '2.0.0' },
    verdict: 'quarantine',
    reason: 'migration_required/schema_major',
    step: 'schema_version',
  },
  {
    title: 'older major schema without a migration',
    change: { schemaVersion: '0.9.0' },
    verdict: 'quarantine',
    reason: 'migration_required/schema_major',
    step: 'schema_version',
  },
  {
    title: 'fields that break the record schema',
    change: { value: { name: 'll' } },
    verdict: 'quarantine',
    reason: 'schema_unknown/record_invalid',
    step: 'record_schema',
  },
  {
    title: 'fields that are no object',
    change: { value: ['ll'] },
    verdict: 'quarantine',
    reason: 'schema_unknown/record_invalid',
    step: 'record_schema',
  },
  {
    title: 'a reader writes',
    context: context({ scope: createScope('profile', 'reader') }),
    verdict: 'reject',
    reason: 'policy_denied/role_insufficient',
    step: 'role',
  },
  {
    title: 'a stranger writes',
    context: { ...inProfile, batch: { ...inProfile.batch, deviceId: stranger.deviceId } },
    verdict: 'reject',
    reason: 'policy_denied/role_insufficient',
    step: 'role',
  },
  {
    title: 'a writer writes where administrators hold the authority',
    context: asking('signed_authority_required'),
    verdict: 'quarantine',
    reason: 'signature_invalid/authority_missing',
    step: 'authority',
  },
  {
    title: 'an administrator writes without the authority of that name',
    change: of('agents'),
    context: asking('signed_authority_required', 'agents', alice),
    verdict: 'quarantine',
    reason: 'signature_invalid/authority_missing',
    step: 'authority',
  },
  {
    title: '§10.48 a policy is written without the authority for it',
    change: of('policy'),
    context: asking('strongest_policy_wins', 'policy', alice),
    verdict: 'quarantine',
    reason: 'policy_denied/authority_missing',
    step: 'authority',
  },
  {
    title: '§10.36 an agent writes without a lease through a device that holds the authority',
    change: { authorId: 'urn:srcos:agent:helper' },
    context: asking('signed_authority_required', 'shell', alice),
    verdict: 'quarantine',
    reason: 'agent_untrusted/authority_missing',
    step: 'authority',
  },
];

function rules(collection: string): NonNullable<ReturnType<typeof rulesFor>> {
  return rulesFor(collection) as NonNullable<ReturnType<typeof rulesFor>>;
}

const bytesOf = (each: Pick<Case, 'bytes' | 'change'>): Uint8Array => each.bytes ?? encodeChange(change(each.change));

function refusalOf(admission: ChangeAdmission): Extract<ChangeAdmission, { kind: 'refused' }> {
  expect(admission.kind).toBe('refused');
  return admission as Extract<ChangeAdmission, { kind: 'refused' }>;
}

describe('admitChange', () => {
  it('admits an honest put with its place in the log', () => {
    const bytes = encodeChange(change());
    expect(admitChange(bytes, { ...inProfile, index: 7 })).toEqual({
      kind: 'admitted',
      change: {
        ...change(),
        changeId: changeIdOf(bob.deviceId, bytes),
        scopeId: scopes.profile.scopeId,
        deviceId: bob.deviceId,
        sequence: 1,
        index: 7,
      },
      fields: { kind: 'alias', name: 'll', body: 'ls -lh' },
      clockSkew: false,
    });
  });

  it.each(refusals)('$title: $verdict $reason', (each) => {
    const bytes = bytesOf(each);
    const admission = refusalOf(admitChange(bytes, each.context ?? inProfile));
    expect(admission.refusal.verdict).toBe(each.verdict);
    expect(reasonText(admission.refusal)).toBe(each.reason);
    expect(admission.step).toBe(each.step);
    expect(admission.changeId).toBe(changeIdOf((each.context ?? inProfile).batch.deviceId, bytes));
    expect(admission.change === undefined).toBe(each.step === 'record');
  });

  it.each(refusals)('$title: the message quotes no content', (each) => {
    const { refusal } = refusalOf(admitChange(bytesOf(each), each.context ?? inProfile));
    expect(refusal.message).not.toMatch(/ls -lh|aliases\/ll/);
    expect(refusal.message.length).toBeGreaterThan(20);
  });

  it('§10.37 a poisoned stamp is admitted and told of', () => {
    expect(admitChange(encodeChange(change({ stamp: farStamp })), inProfile)).toMatchObject({
      kind: 'admitted',
      clockSkew: true,
    });
  });

  it.each(['patch', 'delete', 'tombstone', 'command'] as const)(
    'rule 12: the value of a %s is left to the strategy',
    (operation) => {
      const bytes = encodeChange(change({ operation, value: null }));
      expect(admitChange(bytes, inProfile)).toMatchObject({ kind: 'admitted', fields: undefined });
    },
  );

  it('rule 11: a newer minor goes on with its unknown fields', () => {
    const value = { kind: 'alias', colour: 'teal' };
    expect(admitChange(encodeChange(change({ schemaVersion: '1.9.3', value })), inProfile)).toMatchObject({
      kind: 'admitted',
      fields: value,
    });
  });

  it('rule 11: a version that never went through decoding is judged too', () => {
    const admitted = admitChange(encodeChange(change()), inProfile);
    const broken = admitted.kind === 'admitted' ? { ...admitted.change, schemaVersion: 'x' } : undefined;
    expect(broken && judgeChange(broken, inProfile)).toMatchObject({ kind: 'refused', step: 'schema_version' });
  });

  it('rule 9: a device record in the own log is at home', () => {
    expect(admitChange(encodeChange(change(of('hints'))), { ...inProfile, scopeIsLocal: true }).kind).toBe('admitted');
  });

  it.each([
    ['workspace', 'workspace'],
    ['policy', 'org'],
    ['notice', 'public'],
  ] as const)('rule 10: %s through its %s scope', (collection, kind) => {
    expect(admitChange(encodeChange(change(of(collection))), context({ scope: scopes[kind] })).kind).toBe('admitted');
  });

  it('rules 7, 10: the configured alternative decides, not the manifest as shipped', () => {
    const rulesOf = () => ({ ...rules('shell'), scope: 'workspace' as const });
    const bytes = encodeChange(change());
    expect(admitChange(bytes, context({ scope: scopes.workspace, rulesOf })).kind).toBe('admitted');
    expect(refusalOf(admitChange(bytes, context({ scope: scopes.profile, rulesOf }))).step).toBe('scope_kind');
  });

  it('rule 13: the role counts at the position that the batch names', () => {
    const early = { ...inProfile, batch: { ...inProfile.batch, logSequence: 0 } };
    expect(refusalOf(admitChange(encodeChange(change()), early)).step).toBe('role');
  });
});

describe('authority', () => {
  it.each([
    [
      'an administrator writes to a collection without an authority of its own name',
      'signed_authority_required',
      alice,
    ],
    ['every writer leaves an entry where entries are only added', 'append_only', bob],
    ['every writer writes where the strategy asks for no authority', 'manual_review', bob],
  ] as const)('rule 15: %s', (_title, strategy, by) => {
    expect(admitChange(encodeChange(change()), asking(strategy, 'shell', by)).kind).toBe('admitted');
  });
});

describe('a change that a person let in', () => {
  const letIn = { released: () => true };

  it.each(refusals)('rule 18: $title: is refused as before', (each) => {
    const admission = refusalOf(admitChange(bytesOf(each), { ...(each.context ?? inProfile), ...letIn }));
    expect([reasonText(admission.refusal), admission.step]).toEqual([each.reason, each.step]);
  });

  const denying = (rule: string): ChangeContext => ({
    ...inProfile,
    policy: effectivePolicy([floorDocument({ 'write.shell': { kind: 'decision', value: rule } })]),
  });
  const secret = { value: { kind: 'alias', name: 'll', body: `ghp_${'a1B2'.repeat(9)}` } };

  it.each([
    ['a secret', 'secrets', inProfile, true],
    ['what policy wants looked at', 'policy', denying('require_review'), true],
    ['what policy denies', 'policy', denying('deny'), false],
  ] as const)('rule 18: %s: a person answers for it: %s', (_title, step, given, isAnswered) => {
    const bytes = encodeChange(change(step === 'secrets' ? secret : {}));
    expect(refusalOf(admitChange(bytes, given)).step).toBe(step);
    expect(admitChange(bytes, { ...given, ...letIn }).kind).toBe(isAnswered ? 'admitted' : 'refused');
    const trace = traceChange(bytes, { ...given, ...letIn });
    const answer = trace.find((each) => each.step === step)?.answer ?? '';
    expect(answer.includes('a person let it in')).toBe(isAnswered);
  });

  it('rule 18: only for the reasons that they answered for', () => {
    const bytes = encodeChange(change(secret));
    const other = { ...inProfile, released: ({ reasonCode }: Refusal) => reasonCode === 'manual_review_required' };
    expect(refusalOf(admitChange(bytes, other)).step).toBe('secrets');
  });
});

describe('authors', () => {
  it.each(['urn:srcos:agent:helper', 'urn:srcos:app:tasks', 'urn:srcos:service:s', 'urn:srcos:seed:s'])(
    'a change by %s from the device of its person is admitted',
    (authorId) => {
      expect(admitChange(encodeChange(change({ authorId })), inProfile).kind).toBe('admitted');
    },
  );

  it.each([
    ['of the device', entry()],
    ['of its person', entry(auditEvent(bob.deviceId, '1', { actorId: author }))],
    ['behind the one before it', entry(follows(noted['eventHash']), {}, behind(noted['eventHash']))],
    ['that is the first of its chain', entry(noted, {}, behind(null))],
    ['that is the first to be told of', entry(follows(other['eventHash']), {}, behind(null))],
  ])('13b an entry of the audit %s is admitted', (_which, sound) => {
    expect(admitChange(encodeChange(change(sound.change)), sound.context).kind).toBe('admitted');
  });
});

describe('traceChange', () => {
  it.each(refusals)('$title: ends at $step with the same answer', (each) => {
    const last = traceChange(bytesOf(each), each.context ?? inProfile).at(-1);
    expect(last?.step).toBe(each.step);
    expect(last?.answer).toContain(`${each.verdict} ${each.reason}: `);
  });

  it('rule 1: an admitted change answers every step, in the order of the line', () => {
    const trace = traceChange(encodeChange(change({ stamp: farStamp })), inProfile);
    expect(trace.map(({ step }) => step)).toEqual(changeSteps.map(({ name }) => name));
    expect(trace.map(({ step }) => step).slice(1)).toEqual(changeLine.map(({ step }) => step));
    expect(trace.every(({ question }) => question.endsWith('?'))).toBe(true);
    expect(trace[1]?.answer).toContain('clock_skew');
  });
});
