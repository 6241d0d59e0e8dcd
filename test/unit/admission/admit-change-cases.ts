import type { ChangeContext } from '../../../src/admission/change-question.ts';
import type { ChangeStep } from '../../../src/admission/steps.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { type CollectionName, type RecordId, changeIdFromBytes } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Change } from '../../../src/contract/change.ts';
import { type Manifest, type ScopeKind, scopeKinds } from '../../../src/contract/manifest.ts';
import type { Refusal } from '../../../src/contract/verdict.ts';
import type { EventBefore } from '../../../src/log/audit-entry.ts';
import { auditEvent, entryChange } from '../../helpers/audit-entries.ts';
import { alice, bob, change, context, createScope, manifest, rulesFor, stranger } from './world.ts';

export const scopes = Object.fromEntries(scopeKinds.map((kind) => [kind, createScope(kind)])) as Record<
  ScopeKind,
  ReturnType<typeof createScope>
>;

export const inProfile = context({ scope: scopes.profile });

/** A collection of this strategy in the profile, which Alice administers and where Bob writes. */
export const asking = (mergeStrategy: Manifest['mergeStrategy'], collection = 'shell', by = bob): ChangeContext => {
  const changed = { ...manifest(collection, 'profile'), mergeStrategy };
  const rulesOf: ChangeContext['rulesOf'] = () => ({ ...rules('shell'), manifest: changed });
  return { ...inProfile, rulesOf, batch: { ...inProfile.batch, deviceId: by.deviceId } };
};

export const of = (collection: string): Partial<Change> => ({ collection: collection as CollectionName });

export interface Case {
  readonly title: string;
  readonly change?: Partial<Change>;
  readonly bytes?: Uint8Array;
  readonly context?: ChangeContext;
  readonly verdict: Refusal['verdict'];
  readonly reason: string;
  readonly step: ChangeStep;
}

export const author = change().authorId;

export const noted = auditEvent(bob.deviceId, '1');

/** Bob's device enters an event, in a collection of the name audit that has whatever record schema. */
export const entry = (
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

export const follows = (hash: unknown): JsonObject =>
  auditEvent(bob.deviceId, '2', { previousEventHash: String(hash) });

export const behind = (hash: unknown) => (): EventBefore => ({ hash: hash === null ? null : String(hash) });

export const other = auditEvent(bob.deviceId, '3');

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

export const refusals: readonly Case[] = [
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
    title: '13a a change that says the system manages its record',
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
    title: '9 §10.42 a device-scope record arrives',
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
    title: '10 §10.44 a profile record in a workspace',
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
    title: '11 older major schema without a migration',
    change: { schemaVersion: '0.9.0' },
    verdict: 'quarantine',
    reason: 'migration_required/schema_major',
    step: 'schema_version',
  },
  {
    title: '12 fields that break the record schema',
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
    title: '13 a reader writes',
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
    title: '15 a writer writes where administrators hold the authority',
    context: asking('signed_authority_required'),
    verdict: 'quarantine',
    reason: 'signature_invalid/authority_missing',
    step: 'authority',
  },
  {
    title: '15 an administrator writes without the authority of that name',
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

export function rules(collection: string): NonNullable<ReturnType<typeof rulesFor>> {
  return rulesFor(collection) as NonNullable<ReturnType<typeof rulesFor>>;
}
