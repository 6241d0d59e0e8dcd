import { bytesFromHex } from '../../src/base/bytes.ts';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { type DeviceKeys, deviceKeysFromSeeds, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { encodeChange } from '../../src/log/change.ts';
import type { Change } from '../../src/contract/change.ts';
import { type PublicBatch, decodeBatch } from '../../src/log/header.ts';
import { sealBatch } from '../../src/log/sealing.ts';
import { commitmentOf } from '../../src/membership/commitment.ts';
import { type Party, signEntry } from '../../src/membership/entry.ts';
import { foldScope } from '../../src/membership/scope-log.ts';
import { headOf } from '../../src/membership/standing.ts';
import type { ScopeState } from '../../src/membership/state.ts';

/** A scope of one device whose every byte is decided here: wraps are sealed with randomness, so these are made up. */
export interface ProofWorld {
  readonly device: DeviceKeys;
  readonly entries: readonly Uint8Array[];
  readonly scope: ScopeState;
  readonly epochKey: Uint8Array;
}

export const filledBytes = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte);

export function createProofWorld(): ProofWorld {
  const device = deviceKeysFromSeeds(filledBytes(1), filledBytes(2), filledBytes(3));
  const root = rootKeysFromEntropy(filledBytes(14, 16));
  const epochKey = filledBytes(8);
  const genesis = signEntry(
    {
      t: 'genesis',
      atMs: 1_700_000_000_000,
      kind: 'workspace',
      suite: 1,
      userId: root.userId,
      rootKeys: { sign: root.sign.publicKey, box: root.box.publicKey },
      genesisNonce: filledBytes(21),
      historyForNew: true,
      devices: [
        {
          deviceId: device.deviceId,
          userId: root.userId,
          keys: { sign: device.sign.publicKey, box: device.box.publicKey },
          role: 'admin',
          authorities: [],
          label: 'bGFiZWw',
        },
      ],
      epoch: {
        epoch: 1,
        commitment: commitmentOf(epochKey, filledBytes(21), 1),
        wraps: new Map<Party, string>([
          [device.deviceId, 'd3JhcA'],
          ['root', 'd3JhcA'],
        ]),
        printedKey: null,
        previousKey: null,
      },
    },
    root.sign.secretKey,
  );
  const scope = foldScope([genesis]);
  if (!scope.ok) {
    throw new Error(scope.error.message);
  }
  return { device, entries: [genesis], scope: scope.value, epochKey };
}

/** A batch of that device: its meta record and `count` changes. */
export function batchOf(world: ProofWorld, count: number): PublicBatch {
  const changes = Array.from({ length: count }, (_, index) => encodeChange(noteOf(index)));
  const sealed = sealBatch({
    scopeId: world.scope.scopeId,
    deviceKeys: world.device,
    sequence: 1,
    previous: filledBytes(0),
    logSequence: world.scope.sequence,
    logHead: headOf(world.scope),
    epoch: 1,
    epochKey: world.epochKey,
    kind: 'changes',
    records: [canonicalBytes({ audit: null, frontier: {}, scopes: [], stamp: '0199aabbccdd-0001' }), ...changes],
    random: filledBytes(9),
  });
  const decoded = decodeBatch(sealed.bytes);
  if (!decoded.ok) {
    throw new Error(decoded.error.message);
  }
  return decoded.value;
}

export function noteOf(index: number): Change {
  return {
    authorId: 'urn:srcos:user:example',
    collection: 'workspace',
    managedBy: 'user',
    objectId: `notes/ä ${index}`,
    operation: 'put',
    parents: [],
    schemaVersion: '1.0.0',
    stamp: '0199aabbccdd-0001',
    value: { kind: 'note', title: `Note ${index}`, confidence: 0.5 },
  } as unknown as Change;
}

export function hexBytes(hex: string): Uint8Array {
  const bytes = bytesFromHex(hex);
  if (bytes === undefined) {
    throw new Error(`${hex} is not hexadecimal`);
  }
  return bytes;
}
