import { randomBytes } from 'node:crypto';
import { assert } from '../../../src/base/assert.ts';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import type { Result } from '../../../src/base/result.ts';
import type { Refusal } from '../../../src/contract/verdict.ts';
import { type DeviceKeys, type PublicKeys, createDeviceKeys, rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { verify } from '../../../src/crypto/sign.ts';
import { createGenesis } from '../../../src/membership/log/create.ts';
import { type LaterEntry, type Party, type Position, maximumDevices } from '../../../src/membership/parse/entry.ts';
import { parseEntry, signEntry } from '../../../src/membership/parse/entry-codec.ts';
import { appendEntry, foldScope, openScope } from '../../../src/membership/log/scope-log.ts';
import { activeMembers, headOf } from '../../../src/membership/parse/standing.ts';
import type { Member, ScopeState } from '../../../src/membership/parse/state.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { demand } from '../stage/until.ts';
import { fastestMs } from '../statistics.ts';

// As long as a real one: the sealed purpose, scope nonce, epoch, recipient and key.
const wrapSizeBytes = 246;
const labelSizeBytes = 144;

export const scopeLog: Benchmark = {
  name: 'scope-log',
  title: 'a membership log of 1,000 entries, adds and revocations mixed, verified as at every start',
  async run({ pick }) {
    const size = pick<Size>({
      full: { entryCount: 1_000, rounds: 10 },
      quick: { entryCount: 1_000, rounds: 3 },
      shortest: { entryCount: 40, rounds: 1 },
    });
    return [
      ...measure('up to 12 devices', 12, size),
      ...measure('up to 64 devices', 64, size),
      ...measure(`${maximumDevices} devices, each revocation wraps for all`, maximumDevices, size),
    ];
  },
};

interface Size {
  readonly entryCount: number;
  readonly rounds: number;
}

function measure(label: string, most: number, { entryCount, rounds }: Size): readonly Figure[] {
  const { entries, signatures } = createLog(most, entryCount);
  const [foldMs, floorMs] = fastestMs(rounds, [
    () => {
      const folded = foldScope(entries);
      demand(folded.ok && folded.value.sequence === entryCount - 1, 'the whole log verifies');
    },
    () => {
      for (const { key, id, signature } of signatures) {
        demand(verify(key, 'scope-entry-sig', id, signature), 'the signature holds');
      }
    },
  ]) as [number, number];
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.length, 0);
  return [
    { label: `${label}: size`, value: sizeBytes / 1024, unit: 'KiB' },
    { label: `${label}: verified`, value: foldMs, unit: 'ms', goal: '≤ 300' },
    { label: `${label}: its signatures alone`, value: floorMs, unit: 'ms' },
    { label: `${label}: verified ÷ signatures`, value: foldMs / floorMs, unit: timesTheFloor },
  ];
}

interface Signed {
  readonly key: Uint8Array;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Devices are added up to the most; from then on the oldest but the administrator goes, and another comes. Wraps and
 * commitments are random bytes of the right size: only their recipients open them, and nobody does here.
 */
function createLog(
  most: number,
  entryCount: number,
): { readonly entries: readonly Uint8Array[]; readonly signatures: readonly Signed[] } {
  const root = rootKeysFromEntropy(bytes(16));
  const admin = createDeviceKeys(bytes);
  const genesis = createGenesis({
    ...{ kind: 'workspace', root, userId: root.userId, epochKey: bytes(32), nonce: bytes(32), historyForNew: true },
    devices: [{ deviceId: admin.deviceId, keys: publicKeysOf(admin), role: 'admin', authorities: [], label: 'desk' }],
  }).entryBytes;
  const entries = [genesis];
  let state = valueOf(openScope(genesis));
  while (entries.length < entryCount) {
    const [, oldest, ...others] = activeMembers(state);
    const isFull = oldest !== undefined && others.length + 2 >= most;
    const entry = signEntry(isFull ? revokeOf(state, admin, oldest) : addOf(state, admin), admin.sign.secretKey);
    state = valueOf(appendEntry(state, entry));
    entries.push(entry);
  }
  const signatures = entries.map((entry, index) => {
    const { hash: id, signature } = valueOf(parseEntry(entry));
    return { key: index === 0 ? root.sign.publicKey : admin.sign.publicKey, id, signature };
  });
  return { entries, signatures };
}

function addOf(state: ScopeState, admin: DeviceKeys): LaterEntry {
  const device = createDeviceKeys(bytes);
  return {
    ...{ t: 'add', ...positionAfter(state, admin), wrap: text(wrapSizeBytes) },
    device: {
      ...{ deviceId: device.deviceId, userId: state.userId, keys: publicKeysOf(device) },
      ...{ role: 'writer', authorities: [], label: text(labelSizeBytes) },
    },
  };
}

function revokeOf(state: ScopeState, admin: DeviceKeys, subject: Member): LaterEntry {
  const recipients: readonly Party[] = [
    'root',
    ...activeMembers(state).flatMap(({ deviceId }) => (deviceId === subject.deviceId ? [] : [deviceId])),
  ];
  return {
    ...{ t: 'revoke', ...positionAfter(state, admin) },
    ...{ subject: subject.deviceId, cut: { sequence: 0, batchId: null } },
    epoch: {
      ...{ epoch: state.epochs.length + 1, commitment: bytes(32), printedKey: null, previousKey: text(48) },
      wraps: new Map(recipients.map((recipient) => [recipient, text(wrapSizeBytes)])),
    },
  };
}

function positionAfter(state: ScopeState, { deviceId: by }: DeviceKeys): Position {
  return { scopeId: state.scopeId, sequence: state.sequence + 1, previous: headOf(state), by, atMs: 1_700_000_000_000 };
}

function publicKeysOf({ sign, box }: DeviceKeys): PublicKeys {
  return { sign: sign.publicKey, box: box.publicKey };
}

function bytes(size: number): Uint8Array {
  return new Uint8Array(randomBytes(size));
}

function text(size: number): string {
  return base64urlFromBytes(bytes(size));
}

function valueOf<T>(result: Result<T, Refusal>): T {
  assert(result.ok, 'the log that is measured is a whole one');
  return result.value;
}
