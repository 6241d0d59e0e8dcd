import { base64urlFromBytes, bytesFromBase64url, bytesFromHex } from '../base/bytes.ts';
import { canonicalBytes } from '../base/canonical-json.ts';
import type { JsonValue } from '../base/json.ts';
import { type Result, err } from '../base/result.ts';
import type { AuditEvent, AuditRow } from '../contract/audit.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { hash } from '../crypto/hash.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { sign, signatureSizeBytes, verify } from '../crypto/sign.ts';
import { bytesOf, exactObject, integerOf } from '../membership/parse/json-fields.ts';
import { type AuditHead, brokenAudit, verifyAuditChain } from './audit.ts';
import { type TreeEdge, emptyEdge, treeLeaf, treeRoot, withLeaf } from './audit-tree.ts';

/**
 * What a device signs of its audit chain, for others to witness: its first `n` events and no other ones. The members
 * are those of the wire. Source: the trust protocol, section 8.
 */
export interface AuditCheckpoint {
  readonly n: number;
  /** Of the tree over the n events, base64url. */
  readonly root: string;
  /** Hash of event n, as it stands in the event. */
  readonly head: string;
  /** Milliseconds since 1970, by the device's clock. */
  readonly at: number;
  /** base64url */
  readonly signature: string;
}

/** Where a tree stands that grows with the chain. */
export interface AuditTree {
  readonly edge: TreeEdge;
  /** Hash of the last event in it; null for the empty one. */
  readonly head: string | null;
}

/** How many events, or how much time with a new event, a checkpoint follows the one before by. */
export const checkpointEvents = 256;
export const checkpointIntervalMs: number = 10 * 60 * 1000;

export const emptyTree: AuditTree = { edge: emptyEdge, head: null };

const memberNames = ['at', 'head', 'n', 'root', 'signature'];
const rootSizeBytes = 32;
const eventHashPattern = /^sha256:[0-9a-f]{64}$/;
const eventHashStart = 'sha256:'.length;

/** The tree with one more event, whose hash is taken as it stands: `verifyAuditChain` recomputes it. */
export function withEvent({ edge }: AuditTree, event: AuditEvent): AuditTree {
  return { edge: withLeaf(edge, auditLeaf(event)), head: event.eventHash };
}

/** The tree with one more event of which nothing is left, and that no checkpoint covers: its leaf says so. */
export function withLost({ edge }: AuditTree): AuditTree {
  return { edge: withLeaf(edge, treeLeaf(new Uint8Array())), head: null };
}

export function auditLeaf({ eventHash }: Pick<AuditEvent, 'eventHash'>): Uint8Array {
  return treeLeaf(bytesFromHex(eventHash.slice(eventHashStart)) ?? new Uint8Array());
}

/** `tree` holds at least one event. */
export function signCheckpoint(tree: AuditTree, atMs: number, keys: Pick<DeviceKeys, 'sign'>): AuditCheckpoint {
  const root = base64urlFromBytes(treeRoot(tree.edge));
  const signed = { n: tree.edge.count, root, head: tree.head ?? '', at: atMs };
  const signature = sign(keys.sign.secretKey, 'audit-checkpoint-sig', checkpointId(signed));
  return { ...signed, signature: base64urlFromBytes(signature) };
}

/** True when the checkpoint is signed by this key (Ed25519, 32 bytes). Never throws. */
export function isCheckpointSigned(checkpoint: AuditCheckpoint, signKey: Uint8Array): boolean {
  const signature = bytesFromBase64url(checkpoint.signature) ?? new Uint8Array();
  return verify(signKey, 'audit-checkpoint-sig', checkpointId(checkpoint), signature);
}

/** The checkpoint, when the value has exactly its members in their forms; its signature is not verified. */
export function checkpointFromJson(value: JsonValue | undefined): AuditCheckpoint | undefined {
  const object = exactObject(value, memberNames);
  const n = integerOf(object?.['n'], 1, 0xffffffff);
  const at = integerOf(object?.['at'], 0, Number.MAX_SAFE_INTEGER);
  const head = object?.['head'];
  const root = bytesOf(object?.['root'], rootSizeBytes);
  const signature = bytesOf(object?.['signature'], signatureSizeBytes);
  if (n === undefined || at === undefined || !isEventHash(head) || root === undefined || signature === undefined) {
    return undefined;
  }
  return { n, root: base64urlFromBytes(root), head, at, signature: base64urlFromBytes(signature) };
}

function isEventHash(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && eventHashPattern.test(value) && !value.endsWith('\n');
}

/** The members as they travel and are stored. */
export function checkpointJson({
  n,
  root,
  head,
  at,
  signature,
}: AuditCheckpoint): Record<keyof AuditCheckpoint, JsonValue> {
  return { at, head, n, root, signature };
}

/**
 * Holds what a device says of its chain against what it said before: `held` by all scopes, `before` in the same one,
 * whose order is that of its chain. undefined when it may be kept. Never throws.
 * signature_invalid/signature: it did not sign this; /audit_fork: it signed another chain of this length;
 * /audit_truncated: it goes back.
 */
export function witnessFault(
  checkpoint: AuditCheckpoint,
  signKey: Uint8Array,
  held: readonly AuditCheckpoint[],
  before: AuditCheckpoint | undefined,
): Refusal | undefined {
  if (!isCheckpointSigned(checkpoint, signKey)) {
    const message = 'The audit checkpoint in a batch is not signed by its device. It was not kept.';
    return refuse('reject', 'signature_invalid', 'signature', message);
  }
  const { n, root, head } = checkpoint;
  if (held.some((other) => other.n === n && (other.root !== root || other.head !== head))) {
    const message = `A device signed two different audit chains of ${n} events: one of them was rewritten. Ask its owner.`;
    return refuse('reject', 'signature_invalid', 'audit_fork', message);
  }
  if (before !== undefined && n < before.n) {
    const message = `A device signed an audit chain of ${n} events after one of ${before.n}: its end was cut off. Ask its owner.`;
    return refuse('reject', 'signature_invalid', 'audit_truncated', message);
  }
  return undefined;
}

/**
 * Walks a chain as `verifyAuditChain` does, and past every checkpoint that its device signed: tree and head must be the
 * ones that were signed; behind what was lost the head alone. `stored` is where the store says that the chain ends. Never throws on input.
 */
export function verifyCheckpoints(
  rows: Iterable<AuditRow>,
  stored: AuditHead,
  checkpoints: readonly AuditCheckpoint[],
): Result<AuditHead, Refusal> {
  const signedAt = new Map(checkpoints.map((checkpoint) => [checkpoint.n, checkpoint]));
  const last = Math.max(0, ...signedAt.keys());
  let tree = emptyTree;
  let forkedAt: number | undefined;
  let isAllThere = true;

  // What stands behind `yield` runs when the event was found whole.
  function* measured(): Generator<AuditRow> {
    for (const row of rows) {
      yield row;
      if ((typeof row === 'string' && row !== 'lost') || tree.edge.count === last) {
        continue;
      }
      isAllThere &&= row !== 'lost';
      tree = row === 'lost' ? withLost(tree) : withEvent(tree, row);
      const signed = row === 'lost' ? undefined : signedAt.get(tree.edge.count);
      if (signed !== undefined && (signed.head !== tree.head || (isAllThere && signed.root !== rootText(tree)))) {
        forkedAt = signed.n;
        return;
      }
    }
  }

  const chain = verifyAuditChain(measured(), stored);
  if (forkedAt !== undefined) {
    return err(brokenAudit('audit_fork', `The audit chain was rewritten at or before event ${forkedAt}.`));
  }
  if (chain.ok && chain.value.count < last) {
    const message = `The audit chain ends after ${chain.value.count} events, but ${last} were signed.`;
    return err(brokenAudit('audit_truncated', message));
  }
  return chain;
}

function rootText({ edge }: AuditTree): string {
  return base64urlFromBytes(treeRoot(edge));
}

function checkpointId({ n, root, head, at }: Omit<AuditCheckpoint, 'signature'>): Uint8Array {
  return hash('audit-checkpoint', canonicalBytes({ at, head, n, root }));
}
