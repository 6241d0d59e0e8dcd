import type { PageBody, QuarantineBody, QuarantineDetailBody } from '../types/bodies.ts';
import type { AddClientBody, AddedClientBody, ClientBody, SelfBody } from '../types/clients.ts';
import type { GrantBody, GrantedBody, LeaseBody, RevokedLeaseBody } from '../types/leases.ts';
import type { PermissionBody } from '../types/permissions.ts';
import type { PolicyBody, PolicyKeyBody, PolicySetBody, SetRuleBody } from '../types/policy.ts';
import type {
  BulkDecisionBody,
  BulkFilter,
  BulkPreviewBody,
  DecisionBody,
  ReviewDetailBody,
  ReviewListBody,
} from '../types/reviews.ts';
import type { HeldBody, HeldQuestion, RevealedSecretBody, SecretBody } from '../types/secrets.ts';
import type { CollectionQuery, IfVersion, IfVersionOrNone, PageQuery } from './shapes.ts';

/** A decision about everything that waits in a collection, or about what the filters leave of it. */
export interface BulkRequestBody extends BulkFilter {
  readonly collection: string;
  readonly decision: 'accept' | 'reject';
  /** True: nothing is decided, the answer says what that would be about. */
  readonly preview?: boolean;
}

/** What waits for a person, and what policy, leases and clients are allowed. */
export interface DecisionRoutes {
  /** Lists review items that wait for a person, the oldest first. */
  'GET /v1/reviews': {
    name: 'reviews';
    query: PageQuery &
      CollectionQuery & {
        /** `here`: what was decided on this device instead, the last one first. */
        decided?: 'here';
      };
    answer: ReviewListBody;
  };
  /** Shows a review item with all that a person decides upon. */
  'GET /v1/reviews/:id': { name: 'review'; answer: ReviewDetailBody };
  /** Decides everything that waits in a collection, or says what that would be about. */
  'POST /v1/reviews': { name: 'decideReviews'; body: BulkRequestBody; answer: BulkDecisionBody | BulkPreviewBody };
  /** Takes what is offered. */
  'POST /v1/reviews/:id/accept': { name: 'acceptReview'; headers: IfVersion; answer: ReviewDetailBody };
  /** Keeps what is live. */
  'POST /v1/reviews/:id/reject': { name: 'rejectReview'; headers: IfVersion; answer: ReviewDetailBody };
  /** Takes an edited record, or merges base, live and proposal. */
  'POST /v1/reviews/:id/merge': {
    name: 'mergeReview';
    headers: IfVersion;
    body: DecisionBody;
    answer: ReviewDetailBody;
  };
  /** Keeps both what is live and what is offered. */
  'POST /v1/reviews/:id/keep-both': { name: 'keepBothOfReview'; headers: IfVersion; answer: ReviewDetailBody };
  /** Takes a decision back. */
  'POST /v1/reviews/:id/undo': { name: 'undoReview'; headers: IfVersion; answer: ReviewDetailBody };
  /** Lists what is held without effect. */
  'GET /v1/quarantine': { name: 'quarantine'; query: PageQuery & CollectionQuery; answer: PageBody<QuarantineBody> };
  /** Shows what is held, inert. */
  'GET /v1/quarantine/:id': { name: 'quarantined'; answer: QuarantineDetailBody };
  /** Lets something held have its effect. */
  'POST /v1/quarantine/:id/release': { name: 'releaseQuarantined'; answer: QuarantineDetailBody };
  /** Gives up something held for good. */
  'POST /v1/quarantine/:id/drop': { name: 'dropQuarantined'; answer: QuarantineDetailBody };
  /** Tells the policy in force, and which layer says what. */
  'GET /v1/policy': { name: 'policy'; answer: PolicyBody };
  /** Tells what holds for one key of policy, and why. */
  'GET /v1/policy/:key': { name: 'policyOf'; answer: PolicyKeyBody };
  /** Writes or removes one rule of a layer. */
  'PUT /v1/policy/:layer': { name: 'setPolicy'; headers: IfVersionOrNone; body: SetRuleBody; answer: PolicySetBody };
  /** Tells what holds for a tool, an engine or a capability. */
  'GET /v1/permissions': {
    name: 'permission';
    query: {
      /** `tool:NAME`, `engine:NAME` or `capability:NAME`. */
      target: string;
      /** Name or URN of an agent, whose record is asked too. */
      agent?: string;
    };
    answer: PermissionBody;
  };
  /** Lists leases of agents. */
  'GET /v1/leases': { name: 'leases'; answer: PageBody<LeaseBody> };
  /** Grants a lease to an agent. */
  'POST /v1/leases': { name: 'grantLease'; body: GrantBody; answer: GrantedBody };
  /** Revokes a lease. */
  'POST /v1/leases/:id/revoke': {
    name: 'revokeLease';
    body: {
      /** Id, name or kind of a scope, for a lease that another device granted. */
      scope?: string;
    };
    answer: RevokedLeaseBody;
  };
  /** Lists the secrets of this device, without what they are. */
  'GET /v1/secrets': { name: 'secrets'; answer: PageBody<SecretBody> };
  /** Reveals a secret. */
  'POST /v1/secrets/:id/reveal': { name: 'revealSecret'; answer: RevealedSecretBody };
  /** Tells which of some values the vault has, without telling any. */
  'POST /v1/secrets/held': { name: 'heldSecrets'; body: HeldQuestion; answer: HeldBody };
  /** Lists programs with tokens of their own. */
  'GET /v1/clients': { name: 'clients'; answer: PageBody<ClientBody> };
  /** Tells whose token the request carries. */
  'GET /v1/clients/self': { name: 'self'; answer: SelfBody };
  /** Adds a client; its token is in this one answer. */
  'POST /v1/clients': { name: 'addClient'; body: AddClientBody; answer: AddedClientBody };
  /** Ends a client, by its id, the first characters of one, or its name. */
  'POST /v1/clients/:id/revoke': { name: 'revokeClient'; answer: ClientBody };
}
