import { type StoreClient, storeClient } from './store.ts';
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
import { type DaemonCalls, daemonCalls } from './daemon.ts';
import { type EventCalls, eventCalls } from './events.ts';
import { type ExportCalls, exportCalls } from './export.ts';
import { type EngineCalls, engineCalls } from './engines.ts';
import { type RecordCalls, recordCalls } from './records.ts';
import { type NoticeCalls, noticeCalls } from './notices.ts';
import { type PageCalls, pageCalls } from './page.ts';
import { type PastCalls, pastCalls } from './past.ts';
import { type QuarantineCalls, quarantineCalls } from './quarantine.ts';
import { type ScopeCalls, scopeCalls } from './scopes.ts';
import { type ClientOptions, callsOf } from './call.ts';

export type { Answer, ClientFault, ClientOptions } from './call.ts';
export type { PageQuery } from '../api/surface/shapes.ts';

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
    StoreClient,
    DaemonCalls,
    EngineCalls,
    EventCalls,
    ExportCalls,
    RecordCalls,
    NoticeCalls,
    PageCalls,
    PastCalls,
    QuarantineCalls,
    ScopeCalls {}

export function createClient(options: ClientOptions): Client {
  const calls = callsOf(options);
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
    ...daemonCalls(calls),
    ...engineCalls(calls),
    ...eventCalls(options),
    ...exportCalls(calls),
    ...recordCalls(calls),
    ...noticeCalls(calls),
    ...pageCalls(calls),
    ...pastCalls(calls),
    ...quarantineCalls(calls),
    ...scopeCalls(calls),
  };
}
