import { describe, expect, it } from 'vitest';
import { type ChangeAdmission, admitChange, judgeChange } from '../../../src/admission/admit-change.ts';
import { changeLine } from '../../../src/admission/change-line.ts';
import type { ChangeContext } from '../../../src/admission/change-question.ts';
import { type ChangeStep, changeSteps } from '../../../src/admission/steps.ts';
import { traceChange } from '../../../src/admission/trace.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Change } from '../../../src/contract/change.ts';
import { type Manifest, type ScopeKind, scopeKinds } from '../../../src/contract/manifest.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { changeIdOf, encodeChange } from '../../../src/log/change.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import { auditEntry } from '../../helpers/audit-entry.ts';
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
/** Of an entry in a collection of the name audit, which fits whatever record schema there is. */
const entry = (
  actorId: string,
  more: JsonObject = {},
): { readonly change: Partial<Change>; readonly context: ChangeContext } => ({
  change: { ...of('audit'), value: { ...auditEntry('1', actorId, { kind: 'event' }), ...more } },
  context: asking('append_only', 'audit'),
});

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
  {
    title: 'an audit entry that says another acted',
    ...entry('urn:srcos:user:other'),
    verdict: 'quarantine',
    reason: 'signature_invalid/audit_actor',
    step: 'audit_entry',
  },
  {
    title: 'an audit entry that says it is of another device',
    ...entry(author, { deviceId: alice.deviceId }),
    verdict: 'quarantine',
    reason: 'signature_invalid/audit_actor',
    step: 'audit_entry',
  },
  ...[{ outcome: 'deny' }, { eventHash: 'sha256:00' }, { eventHash: null }, { hidden: 1 }].map(
    (more: JsonObject): Case => ({
      title: `41 an audit entry with another ${Object.keys(more)[0]} than its hash says`,
      ...entry(author, more),
      verdict: 'quarantine',
      reason: 'signature_invalid/audit_hash',
      step: 'audit_entry',
    }),
  ),
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

  it.each([author, bob.deviceId])('an audit entry of %s under its own hash is admitted', (actorId) => {
    const sound = entry(actorId);
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
