import { canonicalBytes, parseCanonical } from '../base/canonical-json.ts';
import {
  type ChangeId,
  type DeviceId,
  bytesFromDeviceId,
  changeIdFromBytes,
  parseChangeId,
  parseCollectionName,
  parseRecordId,
} from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { parseStamp } from '../clock/stamp.ts';
import type { Change, LoggedChange, PresentedLease } from '../contract/change.ts';
import { managers, operations } from '../contract/operation.ts';
import type { Refusal } from '../contract/verdict.ts';
import { hash } from '../crypto/hash.ts';
import { parseApproval } from '../membership/lease/lease-approval.ts';
import { parseLease } from '../membership/lease/lease-json.ts';
import { parseUse } from '../membership/lease/lease-use.ts';
import { malformedRecord, memberFault, notCanonical } from './json-object.ts';

/** What a log adds to a change. */
export type ChangePlace = Pick<LoggedChange, 'changeId' | 'scopeId' | 'deviceId' | 'sequence' | 'index'>;

/** More concurrent heads than any record has devices; the next write joins them. */
export const maximumParents = 512;

const memberNames: ReadonlySet<string> = new Set([
  'authorId',
  'collection',
  'managedBy',
  'objectId',
  'operation',
  'parents',
  'schemaVersion',
  'stamp',
  'value',
]);
const leasedNames: ReadonlySet<string> = new Set([...memberNames, 'lease']);
const presentedNames: ReadonlySet<string> = new Set(['lease', 'use']);
const approvedNames: ReadonlySet<string> = new Set([...presentedNames, 'approval']);
const approvalNames: ReadonlySet<string> = new Set(['approvedAt']);
let lastDevice: { readonly deviceId: DeviceId | undefined; readonly bytes: Uint8Array } = {
  deviceId: undefined,
  bytes: new Uint8Array(),
};

const authorPattern = /^urn:srcos:[A-Za-z0-9:._-]{1,240}$/;
const semanticVersion = /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}(?:[-+][0-9A-Za-z.+-]{1,64})?$/;

/** Canonical JSON of a change, as it stands in a batch. */
export function encodeChange(change: Change): Uint8Array {
  // In canonical order of names, which spares the sorting.
  return canonicalBytes({
    authorId: change.authorId,
    collection: change.collection,
    ...(change.lease === undefined ? {} : { lease: jsonFromPresented(change.lease) }),
    managedBy: change.managedBy,
    objectId: change.objectId,
    operation: change.operation,
    parents: change.parents,
    schemaVersion: change.schemaVersion,
    stamp: change.stamp,
    value: change.value,
  });
}

/** The change, when the bytes are its one encoding. Whether its value fits a schema is admission's question. */
export function decodeChange(bytes: Uint8Array): Result<Change, Refusal> {
  const parsed = parseCanonical(bytes);
  if (!parsed.ok) {
    return err(notCanonical('change'));
  }
  if (!isJsonObject(parsed.value)) {
    return err(malformedRecord('change'));
  }
  const isLeased = Object.hasOwn(parsed.value, 'lease');
  const fault = memberFault(parsed.value, isLeased ? leasedNames : memberNames, 'change');
  if (fault !== undefined) {
    return err(fault);
  }
  const change = changeFrom(parsed.value);
  if (change === undefined || !isLeased) {
    return change === undefined ? err(malformedRecord('change')) : ok(change);
  }
  const lease = presentedFrom(parsed.value['lease']);
  return lease.ok ? ok({ ...change, lease: lease.value }) : lease;
}

/** All objects in the exact form of their contracts; whether the lease holds is admission's question. */
function presentedFrom(value: JsonValue | undefined): Result<PresentedLease, Refusal> {
  if (!isJsonObject(value)) {
    return err(malformedRecord('lease of a change'));
  }
  const said = value['approval'];
  const isApproved = said !== undefined;
  const fault =
    memberFault(value, isApproved ? approvedNames : presentedNames, 'lease of a change') ??
    (isApproved && isJsonObject(said) ? memberFault(said, approvalNames, 'approval of a change') : undefined);
  if (fault !== undefined) {
    return err(fault);
  }
  const { lease, use } = value;
  const approval = parseApproval(said);
  const isWhole = isJsonObject(lease) && isJsonObject(use) && parseLease(lease).ok && parseUse(use).ok;
  return isWhole && isApproved === (approval !== undefined)
    ? ok({ lease, use, ...(approval === undefined ? {} : { approval }) })
    : err(malformedRecord('lease of a change'));
}

function jsonFromPresented({ lease, use, approval }: PresentedLease): JsonObject {
  return { lease, use, ...(approval === undefined ? {} : { approval: { ...approval } }) };
}

/** Identity of a change: its bytes and the device that signed them. Source: the trust protocol, section 1. */
export function changeIdOf(deviceId: DeviceId, bytes: Uint8Array): ChangeId {
  // Changes come by the batch, and a batch is of one device: its name is read once.
  if (lastDevice.deviceId !== deviceId) {
    lastDevice = { deviceId, bytes: bytesFromDeviceId(deviceId) };
  }
  return changeIdFromBytes(hash('change', lastDevice.bytes, bytes));
}

/** The change at its place. Written out, because spreading an object of this many members costs 7 µs. */
export function loggedChange(change: Change, place: ChangePlace): LoggedChange {
  return {
    collection: change.collection,
    objectId: change.objectId,
    schemaVersion: change.schemaVersion,
    operation: change.operation,
    parents: change.parents,
    authorId: change.authorId,
    managedBy: change.managedBy,
    stamp: change.stamp,
    value: change.value,
    lease: change.lease,
    changeId: place.changeId,
    scopeId: place.scopeId,
    deviceId: place.deviceId,
    sequence: place.sequence,
    index: place.index,
  };
}

function changeFrom(object: JsonObject): Change | undefined {
  const collection = parseText(object['collection'], parseCollectionName);
  const objectId = parseText(object['objectId'], parseRecordId);
  const stamp = parseText(object['stamp'], parseStamp);
  const operation = operations.find((known) => known === object['operation']);
  const managedBy = managers.find((known) => known === object['managedBy']);
  const parents = parentsFrom(object['parents']);
  const authorId = matchText(object['authorId'], authorPattern);
  const schemaVersion = matchText(object['schemaVersion'], semanticVersion);
  const value = object['value'];
  if (
    collection === undefined ||
    objectId === undefined ||
    stamp === undefined ||
    operation === undefined ||
    managedBy === undefined ||
    parents === undefined ||
    authorId === undefined ||
    schemaVersion === undefined ||
    value === undefined
  ) {
    return undefined;
  }
  return { collection, objectId, schemaVersion, operation, parents, authorId, managedBy, stamp, value };
}

/** Ascending and without repetition, so that a set of parents has one encoding. */
function parentsFrom(value: JsonValue | undefined): readonly ChangeId[] | undefined {
  if (!Array.isArray(value) || value.length > maximumParents) {
    return undefined;
  }
  const parents: ChangeId[] = [];
  for (const item of value as readonly JsonValue[]) {
    const parent = parseText(item, parseChangeId);
    const last = parents.at(-1);
    if (parent === undefined || (last !== undefined && last >= parent)) {
      return undefined;
    }
    parents.push(parent);
  }
  return parents;
}

function parseText<T>(value: JsonValue | undefined, parse: (text: string) => T | undefined): T | undefined {
  return typeof value === 'string' ? parse(value) : undefined;
}

function matchText(value: JsonValue | undefined, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) && !value.endsWith('\n') ? value : undefined;
}
