import { bytesFromBase64url } from '../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../base/canonical-json.ts';
import { type BatchId, type DeviceId, type ScopeId, parseBatchId, parseDeviceId, parseScopeId } from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type Stamp, parseStamp } from '../clock/stamp.ts';
import { type ScopeKind, scopeKinds } from '../contract/manifest.ts';
import type { Refusal } from '../contract/verdict.ts';
import { isRevocation } from '../membership/lease/lease-revocation.ts';
import { type DeviceLabels, labelsFrom } from '../membership/parse/device-labels.ts';
import { maximumSealedRootLength } from '../membership/parse/scope-root.ts';
import { type AuditCheckpoint, checkpointFromJson, checkpointJson } from './audit-checkpoint.ts';
import { malformedRecord, memberFault, notCanonical } from './json-object.ts';

/** Record 0 of every batch: what its device knew when it wrote it. */
export interface BatchMeta {
  /** The device's clock. */
  readonly stamp: Stamp;
  /** What it holds of others: all of it in a heartbeat and in a session's first batch, else what is new. */
  readonly frontier: FrontierDelta;
  /** What it signed of its audit chain, for others to witness; null where they were told before. */
  readonly audit: AuditCheckpoint | null;
  /** Scopes that the other devices of this scope may join. */
  readonly scopes: readonly AnnouncedScope[];
  /** Leases that its device ended, as the objects that it signed; left out where there are none. */
  readonly revocations?: readonly JsonObject[];
  /** In heartbeats: up to where each chain of others has had its whole effect at its device; others leave it out. */
  readonly applied?: AppliedCut;
  /** Names that were given to devices of this scope, the author's own or others; left out where there are none. */
  readonly labels?: DeviceLabels;
}

export type FrontierDelta = Readonly<Record<DeviceId, readonly [sequence: number, batchId: BatchId]>>;

export type AppliedCut = Readonly<Record<DeviceId, number>>;

export type { DeviceLabels } from '../membership/parse/device-labels.ts';

export interface AnnouncedScope {
  readonly scopeId: ScopeId;
  readonly kind: ScopeKind;
  readonly name: string;
  /** The secret of the scope's root, sealed for the root of the person whose profile this is; null when not known. */
  readonly root: string | null;
}

export const maximumAnnouncedScopes = 256;
export const maximumToldRevocations = 64;
export const maximumScopeNameLength = 256;
/** A scope has no more devices. */
export const maximumFrontierDevices = 512;

const memberNames: ReadonlySet<string> = new Set(['audit', 'frontier', 'scopes', 'stamp']);
const optionalNames = ['applied', 'labels', 'revocations'] as const;
const scopeNames: ReadonlySet<string> = new Set(['kind', 'name', 'root', 'scopeId']);

/** Canonical JSON of record 0. */
export function encodeMeta(meta: BatchMeta): Uint8Array {
  const { audit, revocations = [], applied, labels = {} } = meta;
  return canonicalBytes({
    ...(applied === undefined ? {} : { applied }),
    audit: audit === null ? null : checkpointJson(audit),
    frontier: meta.frontier,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(revocations.length === 0 ? {} : { revocations }),
    scopes: meta.scopes.map(({ scopeId, kind, name, root }) => ({ kind, name, root, scopeId })),
    stamp: meta.stamp,
  });
}

/** The meta record, when the bytes are its one encoding. */
export function decodeMeta(bytes: Uint8Array): Result<BatchMeta, Refusal> {
  const parsed = parseCanonicalIntegers(bytes);
  if (!parsed.ok) {
    return err(notCanonical('meta record'));
  }
  if (!isJsonObject(parsed.value)) {
    return err(malformedRecord('meta record'));
  }
  const object = parsed.value;
  const names = new Set([...memberNames, ...optionalNames.filter((name) => Object.hasOwn(object, name))]);
  const fault = memberFault(object, names, 'meta record');
  if (fault !== undefined) {
    return err(fault);
  }
  const meta = metaFrom(object);
  return meta === undefined ? err(malformedRecord('meta record')) : ok(meta);
}

function metaFrom(object: JsonObject): BatchMeta | undefined {
  const stampText = object['stamp'];
  const stamp = typeof stampText === 'string' ? parseStamp(stampText) : undefined;
  const frontier = frontierFrom(object['frontier']);
  const audit = object['audit'] === null ? null : checkpointFromJson(object['audit']);
  const scopes = scopesFrom(object['scopes']);
  if (stamp === undefined || frontier === undefined || audit === undefined || scopes === undefined) {
    return undefined;
  }
  const meta: BatchMeta = { stamp, frontier, audit, scopes };
  const revocations = Object.hasOwn(object, 'revocations') ? revocationsFrom(object['revocations']) : [];
  const applied = Object.hasOwn(object, 'applied') ? appliedFrom(object['applied']) : null;
  const labels = Object.hasOwn(object, 'labels') ? labelsFrom(object['labels']) : null;
  if (revocations === undefined || applied === undefined || labels === undefined) {
    return undefined;
  }
  return {
    ...meta,
    ...(revocations.length === 0 ? {} : { revocations }),
    ...(applied === null ? {} : { applied }),
    ...(labels === null ? {} : { labels }),
  };
}

function appliedFrom(value: JsonValue | undefined): AppliedCut | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const entries = Object.entries(value);
  const known = entries.every(
    ([device, sequence]) => parseDeviceId(device) !== undefined && typeof sequence === 'number' && sequence >= 1,
  );
  return known && entries.length <= maximumFrontierDevices ? (value as AppliedCut) : undefined;
}

/** Of the form of a revocation, each; whether they hold is asked against the scope's log. */
function revocationsFrom(value: JsonValue | undefined): readonly JsonObject[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maximumToldRevocations) {
    return undefined;
  }
  const revocations = (value as readonly JsonValue[]).filter(isRevocation);
  return revocations.length === value.length ? revocations : undefined;
}

function frontierFrom(value: JsonValue | undefined): FrontierDelta | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const entries = Object.entries(value);
  const known = entries.every(([device, point]) => parseDeviceId(device) !== undefined && isPoint(point));
  return known && entries.length <= maximumFrontierDevices ? (value as FrontierDelta) : undefined;
}

function isPoint(value: JsonValue): boolean {
  if (!Array.isArray(value) || value.length !== 2) {
    return false;
  }
  const [sequence, batchId] = value as readonly JsonValue[];
  return (
    typeof sequence === 'number' && sequence >= 1 && typeof batchId === 'string' && parseBatchId(batchId) !== undefined
  );
}

function scopesFrom(value: JsonValue | undefined): readonly AnnouncedScope[] | undefined {
  if (!Array.isArray(value) || value.length > maximumAnnouncedScopes) {
    return undefined;
  }
  const scopes = (value as readonly JsonValue[]).map(scopeFrom);
  return scopes.every((scope) => scope !== undefined) ? scopes : undefined;
}

function scopeFrom(value: JsonValue): AnnouncedScope | undefined {
  if (!isJsonObject(value) || memberFault(value, scopeNames, 'announced scope') !== undefined) {
    return undefined;
  }
  const kind = scopeKinds.find((known) => known === value['kind']);
  const id = value['scopeId'];
  const name = value['name'];
  const scopeId = typeof id === 'string' ? parseScopeId(id) : undefined;
  const root = value['root'] ?? null;
  if (kind === undefined || scopeId === undefined || typeof name !== 'string' || name.length > maximumScopeNameLength) {
    return undefined;
  }
  return root === null || isSealedRoot(root) ? { scopeId, kind, name, root } : undefined;
}

function isSealedRoot(value: JsonValue): value is string {
  return (
    typeof value === 'string' && value.length <= maximumSealedRootLength && bytesFromBase64url(value) !== undefined
  );
}
