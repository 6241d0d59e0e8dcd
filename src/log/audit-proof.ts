import { base64urlFromBytes, bytesFromBase64url } from '../base/bytes.ts';
import { type DeviceId, hashSizeBytes, parseDeviceId } from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type AuditEvent, auditOutcomes } from '../contract/audit.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { arrayOf, bytesOf, exactObject, integerOf } from '../membership/parse/json-fields.ts';
import type { Member, ScopeState } from '../membership/parse/state.ts';
import { auditHash } from './audit.ts';
import {
  type AuditCheckpoint,
  auditLeaf,
  checkpointFromJson,
  checkpointJson,
  isCheckpointSigned,
} from './audit-checkpoint.ts';
import { isConsistent, isIncluded } from './audit-tree.ts';
import { malformedRecord } from './json-object.ts';
import { logFromJson, openProvenScope, proofEnvelope } from './proof-envelope.ts';

/** One event of a device's audit chain, under what the device signed of that chain. */
export interface EventProof {
  readonly kind: 'audit';
  readonly event: AuditEvent;
  /** From 0. */
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: AuditCheckpoint;
  /** Membership entries of a scope in which the device is: its keys stand there, and its id is their hash. */
  readonly entries: readonly Uint8Array[];
}

/** That an audit chain only grew between two things that its device signed of it. */
export interface ConsistencyProof {
  readonly kind: 'audit-consistency';
  readonly deviceId: DeviceId;
  readonly first: AuditCheckpoint;
  readonly second: AuditCheckpoint;
  readonly path: readonly Uint8Array[];
  readonly entries: readonly Uint8Array[];
}

/** What a proof that holds says of whose chain it is. */
export interface ProvenChain {
  readonly scope: ScopeState;
  readonly member: Member;
}

const eventProofNames = ['checkpoint', 'event', 'format', 'index', 'kind', 'log', 'path', 'version'];
const consistencyNames = ['device', 'first', 'format', 'kind', 'log', 'path', 'second', 'version'];
const textNames = ['actorId', 'eventHash', 'eventType', 'id', 'occurredAt', 'policyDomain', 'reasonCode', 'subjectId'];
const eventNames = [...textNames, 'details', 'deviceId', 'outcome', 'specVersion', 'type'];
/** A tree of 2^32 leaves is as deep; a consistency proof has one node more. */
const maximumPathLength = 33;

export function eventProofJson({ event, index, path, checkpoint, entries }: EventProof): JsonObject {
  return {
    ...proofEnvelope('audit', entries),
    checkpoint: checkpointJson(checkpoint),
    event: { ...event },
    index,
    path: path.map(base64urlFromBytes),
  };
}

export function consistencyProofJson({ deviceId, first, second, path, entries }: ConsistencyProof): JsonObject {
  return {
    ...proofEnvelope('audit-consistency', entries),
    device: deviceId,
    first: checkpointJson(first),
    path: path.map(base64urlFromBytes),
    second: checkpointJson(second),
  };
}

/** The proof in an object whose format, kind and version were read already. */
export function eventProofFromJson(value: JsonObject): Result<EventProof, Refusal> {
  const object = exactObject(value, eventProofNames);
  const checkpoint = checkpointFromJson(object?.['checkpoint']);
  const event = eventFromJson(object?.['event']);
  const index = integerOf(object?.['index'], 0, 0xffffffff);
  const path = pathFromJson(object?.['path']);
  const entries = logFromJson(object?.['log']);
  return checkpoint && event && index !== undefined && path && entries
    ? ok({ kind: 'audit', event, index, path, checkpoint, entries })
    : err(malformedRecord('proof'));
}

/** As {@link eventProofFromJson}. */
export function consistencyProofFromJson(value: JsonObject): Result<ConsistencyProof, Refusal> {
  const object = exactObject(value, consistencyNames);
  const device = object?.['device'];
  const deviceId = typeof device === 'string' ? parseDeviceId(device) : undefined;
  const first = checkpointFromJson(object?.['first']);
  const second = checkpointFromJson(object?.['second']);
  const path = pathFromJson(object?.['path']);
  const entries = logFromJson(object?.['log']);
  return deviceId && first && second && path && entries
    ? ok({ kind: 'audit-consistency', deviceId, first, second, path, entries })
    : err(malformedRecord('proof'));
}

/**
 * Holds the proof of an event against nothing but itself: the log makes the device a member, the device signed the
 * checkpoint, and the event is number `index` of the events that it covers. `root` is as for a record. Never throws.
 * signature_invalid/audit_hash: the event was altered; /signature: the checkpoint is not the device's;
 * /proof_mismatch: the event is not at that place.
 */
export function verifyEventProof(proof: EventProof, root?: Uint8Array): Result<ProvenChain, Refusal> {
  const { event, index, path, checkpoint } = proof;
  const chain = openChain(proof.entries, event.deviceId, [checkpoint], root);
  if (!chain.ok) {
    return chain;
  }
  if (auditHash(event) !== event.eventHash) {
    const message = 'The audit event is not the one that its hash names: it was altered. The proof is false.';
    return err(refuse('reject', 'signature_invalid', 'audit_hash', message));
  }
  const isLast = index === checkpoint.n - 1;
  const claim = { leaf: auditLeaf(event), index, count: checkpoint.n, path, root: rootOf(checkpoint) };
  return isIncluded(claim) && (!isLast || checkpoint.head === event.eventHash)
    ? chain
    : err(mismatch('The audit event is not at that place of the chain that its device signed. The proof is false.'));
}

/** Holds two checkpoints against each other: the chain of the second begins with that of the first. Never throws. */
export function verifyConsistencyProof(proof: ConsistencyProof, root?: Uint8Array): Result<ProvenChain, Refusal> {
  const { first, second, path } = proof;
  const chain = openChain(proof.entries, proof.deviceId, [first, second], root);
  if (!chain.ok) {
    return chain;
  }
  const sizes = { from: first.n, to: second.n, first: rootOf(first), second: rootOf(second) };
  return isConsistent({ ...sizes, path }) && (first.n !== second.n || first.head === second.head)
    ? chain
    : err(mismatch('The later audit chain does not begin with the earlier one, or this does not show it.'));
}

function openChain(
  entries: readonly Uint8Array[],
  deviceId: DeviceId,
  checkpoints: readonly AuditCheckpoint[],
  root: Uint8Array | undefined,
): Result<ProvenChain, Refusal> {
  const scope = openProvenScope(entries, root);
  if (!scope.ok) {
    return scope;
  }
  const member = scope.value.members.get(deviceId);
  if (member === undefined) {
    const message = 'The device of the audit chain is no member of the scope in the proof. The proof is false.';
    return err(refuse('reject', 'signature_invalid', 'device_unknown', message));
  }
  if (!checkpoints.every((checkpoint) => isCheckpointSigned(checkpoint, member.keys.sign))) {
    const message = 'The checkpoint is not signed by the device of the audit chain. The proof is false.';
    return err(refuse('reject', 'signature_invalid', 'signature', message));
  }
  return ok({ scope: scope.value, member });
}

function eventFromJson(value: JsonValue | undefined): AuditEvent | undefined {
  const isFirst = isJsonObject(value) && !Object.hasOwn(value, 'previousEventHash');
  const texts = isFirst ? textNames : [...textNames, 'previousEventHash'];
  const object = exactObject(value, isFirst ? eventNames : [...eventNames, 'previousEventHash']);
  const device = object?.['deviceId'];
  const holds =
    object !== undefined &&
    texts.every((name) => typeof object[name] === 'string') &&
    object['type'] === 'AuditEvent' &&
    object['specVersion'] === '0.1.0' &&
    auditOutcomes.some((outcome) => outcome === object['outcome']) &&
    isJsonObject(object['details']) &&
    typeof device === 'string' &&
    parseDeviceId(device) !== undefined;
  return holds ? (object as unknown as AuditEvent) : undefined;
}

function pathFromJson(value: JsonValue | undefined): readonly Uint8Array[] | undefined {
  return arrayOf(value, maximumPathLength, (item) => bytesOf(item, hashSizeBytes));
}

function rootOf({ root }: AuditCheckpoint): Uint8Array {
  return bytesFromBase64url(root) ?? new Uint8Array();
}

function mismatch(message: string): Refusal {
  return refuse('reject', 'signature_invalid', 'proof_mismatch', message);
}
