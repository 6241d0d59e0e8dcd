import { utf8 } from '../../src/base/bytes.ts';
import {
  type BatchId,
  type ChangeId,
  type DeviceId,
  type CollectionName,
  type RecordId,
  type ScopeId,
  batchIdFromBytes,
  bytesFromHashId,
  scopeIdFromBytes,
} from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { changeIdFromBytes } from '../../src/base/ids.ts';
import { tick, zeroStamp } from '../../src/clock/stamp.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import { hash } from '../../src/crypto/hash.ts';
import { sign } from '../../src/crypto/sign.ts';
import { changeIdOf, encodeChange } from '../../src/log/change.ts';
import { decodeBatch, encodeHeader, headerSizeBytes, joinBatch, signedPrefixSizeBytes } from '../../src/log/header.ts';
import { type AnnouncedScope, type FrontierDelta, encodeMeta } from '../../src/log/meta.ts';
import { sealBatch } from '../../src/log/sealing.ts';
import { epochAt } from '../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import { hostileEntries } from './hostile-entries.ts';
import { sharedBindings } from './pool.ts';
import type { Random } from './random.ts';
import type { HostileName } from './trust-swarm.ts';

/** Where the next batch of whoever means harm goes. */
export interface HostilePlace {
  readonly keys: DeviceKeys;
  readonly userId: string;
  readonly log: ScopeState;
  readonly sequence: number;
  readonly previous: BatchId | null;
  /** By epoch: what its own wraps gave it. */
  readonly epochKeys: ReadonlyMap<number, Uint8Array>;
  readonly nowMs: number;
  /** Marks whatever it writes, so that an oracle knows it again. */
  readonly token: string;
  readonly random: Random;
  /** By every other member: how far its chain goes at the relay. */
  readonly others: ReadonlyMap<DeviceId, number>;
  /** A record that is reviewed, as everybody has it. */
  readonly reviewed: ReviewedRecord;
}

export interface ReviewedRecord {
  readonly id: RecordId;
  readonly heads: readonly ChangeId[];
  /** What others wrote of it. */
  readonly words: readonly ChangeId[];
}

/** Names of records that come from whoever means harm. */
export const hostilePrefix = 'x-';
/** A scope that only whoever means harm ever announces. */
export const hostileScopeId: ScopeId = scopeIdFromBytes(new Uint8Array(32).fill(66));

/** More versions of one record, none of which stands upon another, than any program makes. */
const floodSize = 24;
/** Below the names of whoever means harm. */
export const runningPaths: readonly string[] = [
  `${hostilePrefix}/.envrc`,
  `${hostilePrefix}/.ЕNVRC`,
  `${hostilePrefix}/run`,
];
const farAhead = 900;
const farFutureMs = Date.UTC(2200, 0, 1);

/** One batch that is validly signed by a member and wrong in the thing that it is named after. */
export function hostileBatch(name: HostileName, place: HostilePlace): Uint8Array {
  switch (name) {
    case 'wrong_epoch':
      return sealed(place, {
        epoch: place.log.epochs.length + (place.log.epochs.length > 1 && place.random.chance(0.5) ? -1 : 1),
      });
    case 'wrong_root':
      return resigned(place.keys, sealed(place, {}), 184);
    case 'wrong_key':
      return sealed(place, { epochKey: place.random.bytes(32) });
    case 'older_suite':
      return resigned(place.keys, sealed(place, {}), 4);
    case 'unknown_flag':
      return resigned(place.keys, sealed(place, {}), 5);
    case 'unknown_collection':
      return sealed(place, { records: [change(place, { collection: 'nowhere' })] });
    case 'vault_collection':
      return sealed(place, { records: [change(place, { collection: 'secrets' })] });
    case 'policy_collection':
      return sealed(place, {
        records: ['policy', 'clients', 'agents'].map((collection) => change(place, { collection })),
      });
    case 'huge_stamp':
      return sealed(place, { nowMs: farFutureMs, records: [change(place, { nowMs: farFutureMs })] });
    case 'unknown_parents':
      return sealed(place, { records: [change(place, { parents: [changeIdFromBytes(place.random.bytes(32))] })] });
    case 'garbage_record':
      return sealed(place, {
        records: [place.random.bytes(40), utf8('{"a":1,"a":2}'), change(place, {}), ...hostileEntries(place)],
      });
    case 'announced_scope':
      return sealed(place, {
        kind: 'heartbeat',
        records: [],
        scopes: [{ scopeId: hostileScopeId, kind: 'workspace', name: 'trap', root: null }],
      });
    case 'false_frontier':
      return sealed(place, { kind: 'heartbeat', records: [], frontier: falseFrontier(place) });
    case 'self_running':
      return sealed(place, { records: [runner(place)] });
    case 'equivocation':
      return sealed(place, { records: [change(place, {})] });
    case 'backdated': {
      const revoked = place.log.members.get(place.keys.deviceId)?.revoked;
      const logSequence = revoked ? revoked.at - 1 : 0;
      return sealed(place, { logSequence });
    }
    case 'flood': {
      const objectId = `${hostilePrefix}flood` as RecordId;
      const records = Array.from({ length: floodSize }, (_, index) =>
        change({ ...place, token: `${place.token}-${index}` }, { objectId }),
      );
      return sealed(place, { records });
    }
    case 'own_yes': {
      const word = change(place, { ...inShell(place), objectId: place.reviewed.id });
      const wordId = changeIdOf(place.keys.deviceId, word);
      const yes = { decision: 'accept', proposals: [wordId] };
      return sealed(place, { records: [word, said(place, yes, [...place.reviewed.heads, wordId])] });
    }
    case 'foreign_merge': {
      const { words, heads } = place.reviewed;
      const fields = { kind: 'alias', name: 'a', body: place.token };
      return sealed(place, { records: [said(place, { decision: 'merge', fields, proposals: words }, heads)] });
    }
    case 'foreign_author':
      return sealed(place, {
        records: [
          change(place, { ...inShell(place), objectId: place.reviewed.id, authorId: 'urn:srcos:user:somebody-else' }),
        ],
      });
  }
}

/** The same header under another signature, or in another name: what an outsider can make of a batch. */
export function strangersBatch(bytes: Uint8Array, stranger: DeviceKeys, inOwnName: boolean): Uint8Array {
  const decoded = decodeBatch(bytes);
  if (!decoded.ok) {
    return bytes;
  }
  const { header, ciphertext } = decoded.value;
  const headerBytes = encodeHeader(inOwnName ? { ...header, deviceId: stranger.deviceId } : header);
  return joinBatch(headerBytes, signatureOf(stranger, headerBytes), ciphertext);
}

interface Wrong {
  readonly epoch?: number;
  readonly epochKey?: Uint8Array;
  readonly logSequence?: number;
  readonly kind?: 'changes' | 'heartbeat';
  readonly records?: readonly Uint8Array[];
  readonly scopes?: readonly AnnouncedScope[];
  readonly nowMs?: number;
  readonly frontier?: FrontierDelta;
}

function sealed(place: HostilePlace, wrong: Wrong): Uint8Array {
  const { log, keys, sequence, previous, random } = place;
  const logSequence = wrong.logSequence ?? log.sequence;
  const inForce = epochAt(log, logSequence).epoch;
  const known = place.epochKeys.get(inForce) ?? [...place.epochKeys.values()].at(-1) ?? random.bytes(32);
  const meta = encodeMeta({
    stamp: tick(zeroStamp, wrong.nowMs ?? place.nowMs),
    frontier: wrong.frontier ?? {},
    audit: null,
    scopes: wrong.scopes ?? [],
  });
  return sealBatch(
    {
      scopeId: log.scopeId,
      sequence,
      previous: previous === null ? new Uint8Array(32) : bytesFromHashId(previous),
      logSequence,
      logHead: log.heads[logSequence] as Uint8Array,
      epoch: Math.max(1, wrong.epoch ?? inForce),
      kind: wrong.kind ?? 'changes',
    },
    {
      deviceKeys: keys,
      epochKey: wrong.epochKey ?? known,
      records: [meta, ...(wrong.records ?? [change(place, {})])],
      random: random.bytes(32),
    },
  ).bytes;
}

interface WrongChange {
  readonly collection?: string;
  readonly objectId?: string;
  readonly operation?: 'put' | 'command';
  readonly parents?: readonly ChangeId[];
  readonly authorId?: string;
  readonly nowMs?: number;
  readonly fields?: JsonObject;
}

function inShell({ reviewed, token }: HostilePlace): WrongChange {
  return { collection: 'shell', parents: reviewed.heads, fields: { kind: 'alias', name: 'a', body: token } };
}

/** A decision about the reviewed record, whatever it is worth. */
function said(place: HostilePlace, value: JsonObject, parents: readonly ChangeId[]): Uint8Array {
  const { reviewed } = place;
  return change(place, { ...inShell(place), objectId: reviewed.id, operation: 'command', parents, fields: value });
}

/** A file that runs by itself: by its name, by a name that looks like it, or because it may be run. */
function runner(place: HostilePlace): Uint8Array {
  const path = place.random.pick(runningPaths);
  const props: JsonObject = { path, text: place.token, ...(path.endsWith('run') ? { executable: true } : {}) };
  return change(place, { objectId: path, fields: { kind: 'artifact', title: path, props } });
}

/** Batches of others that are not there: some far away, some under a number that a real one takes next. */
function falseFrontier({ others, random }: HostilePlace): FrontierDelta {
  const told = [...others].filter(() => random.chance(0.8));
  return Object.fromEntries(
    told.map(([deviceId, sequence]) => [
      deviceId,
      [sequence + (random.chance(0.5) ? farAhead : 1 + random.below(2)), batchIdFromBytes(random.bytes(32))],
    ]),
  ) as FrontierDelta;
}

/** A sound change of a collection that this scope carries, unless one thing is wrong. */
function change({ userId, log, nowMs, token, random }: HostilePlace, wrong: WrongChange): Uint8Array {
  const home = log.kind === 'profile' ? 'presence' : 'workspace';
  const collection = (wrong.collection ?? home) as CollectionName;
  const fields: JsonObject = wrong.fields ?? { kind: 'task', title: token, name: token };
  return encodeChange({
    collection,
    objectId: (wrong.objectId ?? `${hostilePrefix}${random.below(3)}`) as RecordId,
    schemaVersion: (sharedBindings().ofCollection('workspace') as CollectionBinding).manifest.schemaVersion,
    operation: wrong.operation ?? 'put',
    parents: wrong.parents ?? [],
    authorId: wrong.authorId ?? userId,
    managedBy: 'user',
    stamp: tick(zeroStamp, wrong.nowMs ?? nowMs),
    value: fields,
  } as Parameters<typeof encodeChange>[0]);
}

/** Turns one byte of a header and signs it anew. */
function resigned(keys: DeviceKeys, bytes: Uint8Array, at: number): Uint8Array {
  const headerBytes = bytes.slice(0, headerSizeBytes);
  headerBytes[at] = (headerBytes[at] as number) ^ 1;
  return joinBatch(headerBytes, signatureOf(keys, headerBytes), bytes.subarray(signedPrefixSizeBytes));
}

function signatureOf(keys: DeviceKeys, headerBytes: Uint8Array): Uint8Array {
  return sign(keys.sign.secretKey, 'batch-sig', hash('batch', headerBytes));
}
