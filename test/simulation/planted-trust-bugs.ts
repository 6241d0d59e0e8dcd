import { isOwnEntry } from '../../src/admission/author.ts';
import { next } from '../../src/admission/change-question.ts';
import { base64urlFromBytes } from '../../src/base/bytes.ts';
import type { ScopeId } from '../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { ok } from '../../src/base/result.ts';
import type { FileMapping } from '../../src/contract/engine.ts';
import { sodium } from '../../src/crypto/sodium.ts';
import { type PublicBatch, decodeBatch } from '../../src/log/header.ts';
import { type BatchMeta, decodeMeta } from '../../src/log/meta.ts';
import { openBatch } from '../../src/log/sealing.ts';
import { createRevoke } from '../../src/membership/log/create.ts';
import { parseEntry } from '../../src/membership/parse/entry-codec.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { Mailbox } from '../../src/relay/mailbox.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import { graphMerge } from '../../src/merge/graph/graph-merge.ts';
import { whyItRuns } from '../../src/merge/values/self-running.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { Session, SessionEffect } from '../../src/sync/ground/session.ts';
import { type PlantedBug, everyNth, withDeps, withDisk, withJudge, withPlan, withReplica } from './plant-helpers.ts';
import type { Plants } from './plants.ts';

/** Bugs that only show where a relay lies, a device was copied, or a member means harm. */
const bugs: readonly Omit<PlantedBug, 'knowsHarm'>[] = [
  {
    name: 'the cut of a revoked device is not checked',
    foundBy: [18],
    plant: () => withReplica((replica, disk) => taking(replica, disk, ['device_revoked', 'past_cut'])),
  },
  {
    name: 'the relay goes on storing for a revoked device',
    foundBy: [18],
    plant: () => ({ mailbox: storingWhatItRefused }),
  },
  {
    name: 'a batch that a stranger signed is taken',
    foundBy: [18],
    plant: () => withReplica((replica, disk) => taking(replica, disk, ['signature', 'device_unknown'])),
  },
  {
    name: 'what a reader writes is taken',
    foundBy: [15],
    plant: () => withReplica((replica, disk) => taking(replica, disk, ['role_insufficient'])),
  },
  {
    name: 'an older epoch than the one in force is taken',
    foundBy: [18, 19],
    plant: () => withReplica((replica, disk) => taking(replica, disk, ['epoch_not_in_force', 'epoch_skipped'])),
  },
  {
    name: 'after a rotation the old epoch is sealed under',
    foundBy: [19],
    plant: () => withReplica((replica, disk) => ({ ...replica, receiveEntries: keptFromMemory(replica, disk) })),
  },
  {
    name: 'the membership log goes back after it was read',
    foundBy: [19],
    plant: () => withDisk(withShorterLog),
  },
  {
    name: 'a revocation hands on the key that was in force',
    foundBy: [18],
    plant: () =>
      withReplica((replica, _disk, signer) => ({
        ...replica,
        draftRotation(scopeId, subject) {
          const drafted = replica.draftRotation(scopeId, subject);
          const state = stateOf(replica, scopeId);
          const epochKey = replica.epochKey(scopeId, state.epochs.length);
          if (!drafted.ok || subject === null || drafted.value.cut === null || epochKey === undefined) {
            return drafted;
          }
          const { cut } = drafted.value;
          const entry = createRevoke({ state, signer, subject, cut, epochKey, newEpochKey: epochKey });
          return ok({ ...drafted.value, entry });
        },
      })),
  },
  {
    name: 'the key of a new epoch is not kept',
    foundBy: [2],
    plant: () =>
      withDisk((disk) => ({
        ...disk,
        scopes: {
          ...disk.scopes,
          setEpochKey: (scopeId, epoch, key) => epoch === 1 && disk.scopes.setEpochKey(scopeId, epoch, key),
        },
      })),
  },
  {
    name: 'an epoch key is written into the audit log',
    foundBy: [22],
    plant: () => withReplica((replica) => ({ ...replica, receiveEntries: auditingKeys(replica) })),
  },
  {
    name: 'the salt follows from the random generator alone',
    foundBy: [20],
    plant: unhedgedSalt,
  },
  {
    name: 'a poisoned stamp raises the clock',
    foundBy: [30],
    plant: () =>
      withReplica((replica, disk) =>
        readingMeta(replica, ({ stamp }) => {
          const saved = disk.settings.get('clock');
          disk.settings.set('clock', typeof saved === 'string' && saved > stamp ? saved : stamp);
        }),
      ),
  },
  {
    name: 'an entry of the audit is taken from whoever signs it',
    foundBy: ['audit'],
    plant: () => withJudge('audit_entry', () => next('yes')),
  },
  {
    name: 'who acted in an entry of the audit is not looked at',
    foundBy: ['audit'],
    plant: () => judgingEntries((detail) => detail !== 'audit_actor'),
  },
  {
    name: 'an entry of the audit needs not the hash of what it says',
    foundBy: ['audit'],
    plant: () => judgingEntries((detail) => detail !== 'audit_hash'),
  },
  {
    name: 'a gap in the audit of a device is overlooked',
    foundBy: ['audit'],
    plant: () => judgingEntries((detail) => detail !== 'audit_gap'),
  },
  {
    name: 'whoever announces a scope is believed',
    foundBy: [15],
    plant: () =>
      withReplica((replica, disk) =>
        readingMeta(replica, ({ scopes }) => {
          if (scopes.length > 0) {
            disk.settings.set('scopes.announced', scopes as unknown as JsonValue);
          }
        }),
      ),
  },
  {
    name: 'a collection that nothing here may decide about takes a record',
    foundBy: [16],
    plant: () => withJudge('authority', () => next('whoever writes is believed')),
  },
  {
    name: 'whatever was refused is asked for again',
    foundBy: [2],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        receive(scopeId, batches) {
          const report = replica.receive(scopeId, batches);
          return { ...report, askAgain: report.askAgain || report.refusals.length > 0 };
        },
      })),
  },
  {
    name: 'alarms are forgotten at a restart',
    foundBy: [23],
    plant: () =>
      withDisk((disk) => ({
        ...disk,
        settings: {
          ...disk.settings,
          get: (name) => (name === 'alarms' ? undefined : disk.settings.get(name)),
        },
      })),
  },
  {
    name: 'what a device said of others stays when it is revoked',
    foundBy: [40],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        alarms: () => replica.alarms().map((alarm) => (alarm.claims === null ? alarm : { ...alarm, clearedMs: null })),
      })),
  },
  {
    name: 'of what several say of a device only the furthest is kept',
    foundBy: [40],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        alarms: () =>
          replica.alarms().map((alarm) => ({
            ...alarm,
            claims: alarm.claims && [...alarm.claims].sort((one, other) => other.sequence - one.sequence).slice(0, 1),
          })),
      })),
  },
  {
    name: 'who said so is forgotten at a restart',
    foundBy: [40],
    plant: () =>
      withDisk((disk) => ({
        ...disk,
        settings: {
          ...disk.settings,
          get: (name) => (name === 'alarms' ? withoutClaims(disk.settings.get(name)) : disk.settings.get(name)),
        },
      })),
  },
  {
    name: 'files that run by themselves are files like any other',
    foundBy: [37],
    plant: () => withFiles((files) => ({ ...files, holdsMode: () => false })),
  },
  {
    name: 'a name that only looks like one that runs is let through',
    foundBy: [37],
    plant: () =>
      withFiles((files) => ({
        ...files,
        holdsMode: (id, fields) => /^[ -~]*$/.test(id) && files.holdsMode(id, fields),
      })),
  },
  {
    name: 'the right to be run is let through',
    foundBy: [37],
    plant: () =>
      withFiles((files) => ({
        ...files,
        holdsMode: (id, fields) => whyItRuns(id) !== undefined && files.holdsMode(id, fields),
      })),
  },
  {
    name: 'where history is merged, what waits counts as if it had been here before the law',
    foundBy: [37],
    plant: () =>
      withPlan(graphMerge, (input, plan) => plan({ ...input, viewer: { ...input.viewer, isUngated: () => true } })),
  },
  {
    name: 'a device that signs twice is refused and not told of',
    foundBy: [23],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        alarms: () => replica.alarms().filter(({ kind }) => kind !== 'device_equivocation' && kind !== 'peer_fork'),
      })),
  },
  {
    name: 'a relay that lost what it confirmed is believed',
    foundBy: [23],
    plant: () => ({ session: (session) => filtered(session, ({ type }) => type !== 'relay_behind') }),
  },
  {
    name: 'what peers told of is never missed',
    foundBy: [23],
    plant: () => withReplica((replica) => ({ ...replica, caughtUp: () => undefined })),
  },
  {
    name: 'a relay that lost chains is not given back those of others',
    foundBy: [2, 4],
    plant: () => ({ session: (session) => filtered(session, ({ type }) => type !== 'read_chain') }),
  },
  {
    name: 'own batches that come back to a restored home are not taken',
    foundBy: [2, 3, 6],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        receive: (scopeId, batches) =>
          replica.receive(
            scopeId,
            batches.filter((bytes) => headerOf(bytes)?.deviceId !== replica.self),
          ),
      })),
  },
  {
    name: 'every second membership entry is answered and not kept',
    foundBy: [2, 19],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        receiveEntries: everyNth(2, replica.receiveEntries, (scopeId) => ok(stateOf(replica, scopeId))),
      })),
  },
];

export const plantedTrustBugs: readonly PlantedBug[] = bugs.map((bug) => ({ ...bug, knowsHarm: true }));

function headerOf(bytes: Uint8Array): PublicBatch['header'] | undefined {
  const decoded = decodeBatch(bytes);
  return decoded.ok ? decoded.value.header : undefined;
}

function stateOf(replica: Replica, scopeId: ScopeId): ScopeState {
  return replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state as ScopeState;
}

/** Appends what was refused for one of these reasons, where it is the next of its chain. */
function taking(replica: Replica, disk: Store, details: readonly string[]): Replica {
  return {
    ...replica,
    receive(scopeId, batches) {
      const report = replica.receive(scopeId, batches);
      if (!report.refusals.some(({ detail }) => detail !== undefined && details.includes(detail))) {
        return report;
      }
      for (const bytes of batches) {
        const batch = decodeBatch(bytes);
        if (batch.ok && batch.value.header.scopeId === scopeId) {
          const { deviceId, sequence } = batch.value.header;
          if (sequence === (disk.log.heads(scopeId).get(deviceId)?.sequence ?? 0) + 1) {
            disk.log.append({ scopeId, deviceId, sequence, batchId: batch.value.batchId, bytes });
          }
        }
      }
      return report;
    },
  };
}

/** A relay that stores what is the next of a chain, whoever sent it. */
function storingWhatItRefused(mailbox: Mailbox, disk: RelayStore): Mailbox {
  return {
    ...mailbox,
    stepMany(inputs, nowMs, randomBytes) {
      const effects = mailbox.stepMany(inputs, nowMs, randomBytes);
      for (const { event } of inputs) {
        for (const bytes of typeof event === 'object' && event.type === 'push' ? event.batches : []) {
          const batch = decodeBatch(bytes);
          if (batch.ok) {
            const { scopeId, deviceId, sequence } = batch.value.header;
            disk.appendBatch({ scopeId, deviceId, sequence, batchId: batch.value.batchId, bytes });
          }
        }
      }
      return effects;
    },
  };
}

/** A new epoch, and what follows it, reaches the disk and not the memory of the process. */
function keptFromMemory(replica: Replica, disk: Store): Replica['receiveEntries'] {
  return (scopeId, from, entries) => {
    const held = disk.scopes.entries(scopeId).length;
    const isBehind = stateOf(replica, scopeId).sequence + 1 < held;
    if (!isBehind && !entries.some(startsEpoch)) {
      return replica.receiveEntries(scopeId, from, entries);
    }
    entries.forEach((bytes, index) => {
      const sequence = from + index;
      if (sequence === disk.scopes.entries(scopeId).length) {
        disk.scopes.append({ scopeId, sequence, bytes });
      }
    });
    return ok(stateOf(replica, scopeId));
  };
}

function startsEpoch(bytes: Uint8Array): boolean {
  const parsed = parseEntry(bytes);
  return parsed.ok && (parsed.value.entry.t === 'rotate' || parsed.value.entry.t === 'revoke');
}

/** Reads a log without its last entry now and then. */
function withShorterLog(disk: Store): Store {
  let reads = 0;
  return {
    ...disk,
    scopes: {
      ...disk.scopes,
      entries(scopeId) {
        const entries = disk.scopes.entries(scopeId);
        reads += entries.length > 1 ? 1 : 0;
        return reads % 20 === 19 && entries.length > 1 ? entries.slice(0, -1) : entries;
      },
    },
  };
}

function auditingKeys(replica: Replica): Replica['receiveEntries'] {
  return (scopeId, from, entries) => {
    const taken = replica.receiveEntries(scopeId, from, entries);
    const key = taken.ok ? replica.epochKey(scopeId, taken.value.epochs.length) : undefined;
    if (key !== undefined) {
      replica.audit({
        eventType: 'policy.decision.allow',
        actorId: replica.self,
        subjectId: scopeId,
        policyDomain: 'membership',
        outcome: 'informational',
        reasonCode: 'none',
        details: { key: base64urlFromBytes(key) },
      });
    }
    return taken;
  };
}

/** Derives every salt from the 32 random bytes and nothing else, as a design without a hedge would. */
function unhedgedSalt(): Plants {
  const { libsodium: open } = sodium as unknown as { readonly libsodium: Hashing };
  const real = open._crypto_generichash;
  const prefix = Buffer.from('\u000dsrcos/v1/salt');
  open._crypto_generichash = (out, size, message, length, high, key, keyLength) => {
    const isSalt = key !== 0 && prefix.equals(open.HEAPU8.subarray(message, message + prefix.length));
    return isSalt
      ? real(out, size, message + prefix.length + 4, 32, 0, key, keyLength)
      : real(out, size, message, length, high, key, keyLength);
  };
  return {
    undo() {
      open._crypto_generichash = real;
    },
  };
}

/** What hashes in libsodium, below its wrappers: places in its memory, and lengths. */
interface Hashing {
  readonly HEAPU8: Uint8Array;
  _crypto_generichash: (...words: readonly [number, number, number, number, number, number, number]) => number;
}

/** Does something with the meta record of whatever opens. */
function readingMeta(replica: Replica, read: (meta: BatchMeta) => void): Replica {
  return {
    ...replica,
    receive(scopeId, batches) {
      const report = replica.receive(scopeId, batches);
      for (const bytes of batches) {
        const batch = decodeBatch(bytes);
        const key = batch.ok ? replica.epochKey(scopeId, batch.value.header.epoch) : undefined;
        const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
        const meta = opened?.ok === true ? decodeMeta(opened.value[0] as Uint8Array) : undefined;
        if (meta?.ok === true) {
          read(meta.value);
        }
      }
      return report;
    },
  };
}

/** What engines say of the files of a folder is something else. */
function withFiles(instead: (files: FileMapping) => FileMapping): Plants {
  const wrapped = (binding: CollectionBinding): CollectionBinding => {
    const { files } = binding.engine;
    return files === undefined ? binding : { ...binding, engine: { ...binding.engine, files: instead(files) } };
  };
  return withDeps((deps) => ({
    ...deps,
    bindings: {
      all: () => deps.bindings.all().map(wrapped),
      ofCollection(name) {
        const binding = deps.bindings.ofCollection(name);
        return binding && wrapped(binding);
      },
    },
  }));
}

function withoutClaims(saved: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(saved) ? saved.map((alarm: JsonObject) => ({ ...alarm, claims: null })) : saved;
}

function filtered(session: Session, isKept: (effect: SessionEffect) => boolean): Session {
  return {
    step: (event, nowMs) => session.step(event, nowMs).filter(isKept),
    get state() {
      return session.state;
    },
  };
}

/** The line of admission lets through what this says nothing of. */
function judgingEntries(stops: (detail: string | undefined) => boolean): Plants {
  return withJudge('audit_entry', (question) => {
    const answer = isOwnEntry(question);
    return answer.kind === 'refusal' && !stops(answer.refusal.detail) ? next('yes') : answer;
  });
}
