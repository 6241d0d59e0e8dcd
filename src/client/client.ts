import type { JsonObject } from '../base/json.ts';
import type {
  BulkResultBody,
  BulkWriteBody,
  CapabilitiesBody,
  DoctorBody,
  EngineBody,
  EngineDetailBody,
  HistoryBody,
  PageBody,
  QuarantineBody,
  QuarantineDetailBody,
  RecordBody,
  StatusBody,
  TransitionBody,
} from '../api/types/bodies.ts';
import type { DeviceListBody, InviteBody, PairingBody, ScopeBody } from '../api/types/devices.ts';
import type { AuditBody, AuditVerifyBody } from '../api/types/audit.ts';
import type { EnginePlanBody, FirstChoiceName } from '../api/types/plan.ts';
import type { ExplainBody, ExplainedChangeBody } from '../api/types/explain.ts';
import { type StoreClient, storeClient } from './store.ts';
import { type Answer, type ClientOptions, callsOf, ifMatch } from './call.ts';
import { type ClientCalls, clientCalls } from './clients.ts';
import { type DocumentCalls, documentCalls } from './documents.ts';
import { type KeyCalls, keyCalls } from './keys.ts';
import { type LeaseCalls, leaseCalls } from './leases.ts';
import { type LinkCalls, linkCalls } from './links.ts';
import { type PlaceCalls, placeCalls } from './places.ts';
import { type PolicyCalls, policyCalls } from './policy.ts';
import { type SecretCalls, secretCalls } from './secrets.ts';
import { type OwnerCalls, ownerCalls } from './owners.ts';
import { type MembershipClient, membershipClient } from './membership.ts';
import { type PeopleClient, peopleClient } from './people.ts';
import { type ProofCalls, proofCalls } from './proofs.ts';
import { type ReviewCalls, reviewCalls } from './reviews.ts';
import { type ReferenceCalls, referenceCalls } from './references.ts';
import { type RestoreCalls, restoreCalls } from './restore.ts';
import { type RollbackCalls, rollbackCalls } from './rollback.ts';

export type { Answer, ClientFault, ClientOptions } from './call.ts';

/** The local API, typed: one method a call. */
export interface Client
  extends ClientCalls,
    DocumentCalls,
    KeyCalls,
    LeaseCalls,
    LinkCalls,
    PlaceCalls,
    PolicyCalls,
    SecretCalls,
    OwnerCalls,
    MembershipClient,
    PeopleClient,
    ProofCalls,
    ReviewCalls,
    ReferenceCalls,
    RestoreCalls,
    RollbackCalls,
    StoreClient {
  status(): Answer<StatusBody>;
  capabilities(): Answer<CapabilitiesBody>;
  doctor(): Answer<DoctorBody>;
  metrics(): Answer<string>;
  stopDaemon(): Answer<unknown>;
  engines(): Answer<PageBody<EngineBody>>;
  engine(id: string): Answer<EngineDetailBody>;
  transitions(id: string): Answer<PageBody<TransitionBody>>;
  /** Refused where both sides have data and meet for the first time, unless it says how. */
  enable(id: string, first?: FirstChoiceName): Answer<EngineBody>;
  planEngine(id: string): Answer<EnginePlanBody>;
  disable(id: string): Answer<EngineBody>;
  records(collection: string, query?: PageQuery & { state?: string }): Answer<PageBody<RecordBody>>;
  record(collection: string, id: string): Answer<RecordBody>;
  /** `lease` is the header of an agent that writes under one. */
  putRecord(collection: string, id: string, fields: JsonObject, version?: string, lease?: string): Answer<RecordBody>;
  patchRecord(collection: string, id: string, patch: JsonObject, version?: string): Answer<RecordBody>;
  removeRecord(collection: string, id: string, lease?: string): Answer<RecordBody>;
  /** Up to 5,000 records in one transaction. */
  putRecords(collection: string, body: BulkWriteBody): Answer<BulkResultBody>;
  history(collection: string, id: string): Answer<PageBody<HistoryBody>>;
  explain(collection: string, id: string): Answer<ExplainBody>;
  explainChange(changeId: string): Answer<ExplainedChangeBody>;
  quarantine(query?: PageQuery & { collection?: string }): Answer<PageBody<QuarantineBody>>;
  quarantined(id: string): Answer<QuarantineDetailBody>;
  settleQuarantined(id: string, action: 'release' | 'drop'): Answer<QuarantineDetailBody>;
  devices(): Answer<DeviceListBody>;
  scopes(): Answer<PageBody<ScopeBody>>;
  createScope(kind: string, name: string): Answer<ScopeBody>;
  invite(options: { trustCode: boolean }): Answer<InviteBody>;
  pairing(): Answer<PairingBody>;
  approve(digits: string): Answer<PairingBody>;
  sync(action: 'now' | 'pause' | 'resume'): Answer<StatusBody>;
  audit(query?: PageQuery): Answer<AuditBody>;
  verifyAudit(): Answer<AuditVerifyBody>;
}

export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}

export function createClient(options: ClientOptions): Client {
  const calls = callsOf(options);
  const { get, post, call } = calls;
  const name = encodeURIComponent;
  const recordPath = (collection: string, id: string): string =>
    `/v1/collections/${name(collection)}/records/${name(id)}`;

  return {
    ...clientCalls(calls),
    ...documentCalls(calls),
    ...keyCalls(calls),
    ...leaseCalls(calls),
    ...linkCalls(calls),
    ...placeCalls(calls),
    ...policyCalls(calls),
    ...secretCalls(calls),
    ...membershipClient(calls),
    ...ownerCalls(calls),
    ...peopleClient(calls),
    ...proofCalls(calls),
    ...reviewCalls(calls),
    ...referenceCalls(calls),
    ...restoreCalls(calls),
    ...rollbackCalls(calls),
    ...storeClient(calls),
    status: () => get('/v1/status'),
    capabilities: () => get('/v1/capabilities'),
    doctor: () => get('/v1/doctor'),
    metrics: () => get('/metrics'),
    stopDaemon: () => post('/v1/daemon/stop'),
    engines: () => get('/v1/engines'),
    engine: (id) => get(`/v1/engines/${name(id)}`),
    transitions: (id) => get(`/v1/engines/${name(id)}/transitions`),
    enable: (id, first) => post(`/v1/engines/${name(id)}/enable`, first === undefined ? {} : { first }),
    planEngine: (id) => get(`/v1/engines/${name(id)}/plan`),
    disable: (id) => post(`/v1/engines/${name(id)}/disable`),
    records: (collection, query) => get(`/v1/collections/${name(collection)}/records`, query),
    record: (collection, id) => get(recordPath(collection, id)),
    putRecord: (collection, id, fields, version, lease) =>
      call('PUT', recordPath(collection, id), fields, { ...ifMatch(version), ...leased(lease) }),
    patchRecord: (collection, id, patch, version) => call('PATCH', recordPath(collection, id), patch, ifMatch(version)),
    removeRecord: (collection, id, lease) => call('DELETE', recordPath(collection, id), undefined, leased(lease)),
    putRecords: (collection, body) => post(`/v1/collections/${name(collection)}/records`, body),
    history: (collection, id) => get(`${recordPath(collection, id)}/history`),
    explain: (collection, id) => get(`${recordPath(collection, id)}/explain`),
    explainChange: (changeId) => get(`/v1/changes/${name(changeId)}/explain`),
    quarantine: (query) => get('/v1/quarantine', query),
    quarantined: (id) => get(`/v1/quarantine/${name(id)}`),
    settleQuarantined: (id, action) => post(`/v1/quarantine/${name(id)}/${action}`),
    devices: () => get('/v1/devices'),
    scopes: () => get('/v1/scopes'),
    createScope: (kind, scopeName) => post('/v1/scopes', { kind, name: scopeName }),
    invite: (invitation) => post('/v1/pairing', invitation),
    pairing: () => get('/v1/pairing'),
    approve: (digits) => post('/v1/pairing/approve', { digits }),
    sync: (action) => post(`/v1/sync/${action}`),
    audit: (query) => get('/v1/audit', query),
    verifyAudit: () => get('/v1/audit/verify'),
  };
}

function leased(lease: string | undefined): Record<string, string> {
  return lease === undefined ? {} : { 'sourcesync-lease': lease };
}
