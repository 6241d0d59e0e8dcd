import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { bytesFromHashId, scopeIdFromBytes } from '../../../src/base/ids.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import { verify } from '../../../src/crypto/sign.ts';
import { decodeBatch, signedPrefixSizeBytes } from '../../../src/log/header.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { equalBytes } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { type BatchPlace, type Sealing, openBatch, sealBatch } from '../../../src/log/sealing.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { createSealFloor } from '../floor/seal.ts';
import { sampleRecords } from '../records.ts';
import { demand } from '../stage/until.ts';
import { fastestMs } from '../statistics.ts';

const counts = [100, 500, 1_000];

export const seal: Benchmark = {
  name: 'seal',
  title: 'batches of records of about 300 B, sealed and opened in one process, beside the calls of libsodium alone',
  async run({ pick }) {
    const rounds = pick({ full: 60, quick: 15, shortest: 2 });
    return counts.flatMap((count) => measure(count, rounds));
  },
};

function measure(count: number, rounds: number): readonly Figure[] {
  const records = sampleRecords(count).map(({ fields }) => canonicalBytes(fields));
  const input = sealInput(records);
  const sealed = sealBatch(input, input);
  const floor = createSealFloor(
    records.map(({ length }) => length),
    sealed.bytes.length - signedPrefixSizeBytes - 16,
  );
  const open = (): void => {
    demand(opens(sealed.bytes, input, records.length), 'the batch verifies and every record is there');
  };
  const content = Buffer.concat(records);
  const deflated = deflateRawSync(content, { level: 1 });
  const [sealMs, openMs, sealFloorMs, openFloorMs, fewSealMs, fewOpenMs, deflateMs, inflateMs] = fastestMs(rounds, [
    () => void sealBatch(input, input),
    open,
    floor.sealOnce,
    floor.openOnce,
    floor.encryptAndSign,
    floor.decryptAndVerify,
    () => void deflateRawSync(content, { level: 1 }),
    () => void inflateRawSync(deflated),
  ]) as [number, number, number, number, number, number, number, number];
  const of = (label: string, value: number, unit: string, goal?: string): Figure => ({
    ...{ label: `${count} records: ${label}`, value, unit },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    of('sealed', sealMs, 'ms'),
    of('of that, compression', deflateMs, 'ms'),
    of('sealed ÷ its hashes, encryption, signature', (sealMs - deflateMs) / sealFloorMs, timesTheFloor, '≤ 1.5'),
    of('sealed, compression too ÷ the same', sealMs / sealFloorMs, '×'),
    of('sealed ÷ encryption and signature alone', sealMs / fewSealMs, '×'),
    of('opened and verified', openMs, 'ms'),
    of('of that, decompression', inflateMs, 'ms'),
    of('opened ÷ its hashes, decryption, verification', (openMs - inflateMs) / openFloorMs, timesTheFloor, '≤ 1.5'),
    of('opened, decompression too ÷ the same', openMs / openFloorMs, '×'),
    of('opened ÷ decryption and verification alone', openMs / fewOpenMs, '×'),
  ];
}

/** What a receiver does with a batch, but for the membership log: reads, verifies and opens it. */
function opens(bytes: Uint8Array, { deviceKeys, epochKey }: Sealing, count: number): boolean {
  const decoded = decodeBatch(bytes);
  if (!decoded.ok) {
    return false;
  }
  const { header, ciphertext, signature, batchId } = decoded.value;
  const isSigned = verify(deviceKeys.sign.publicKey, 'batch-sig', bytesFromHashId(batchId), signature);
  if (!isSigned || !equalBytes(hash('ciphertext', ciphertext), header.ciphertextHash)) {
    return false;
  }
  const opened = openBatch(decoded.value, epochKey);
  return opened.ok && opened.value.length === count;
}

function sealInput(records: readonly Uint8Array[]): BatchPlace & Sealing {
  const bytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
  return {
    ...{ scopeId: scopeIdFromBytes(bytes(32)), deviceKeys: createDeviceKeys(bytes), sequence: 7, previous: bytes(32) },
    ...{ logSequence: 3, logHead: bytes(32), epoch: 1, epochKey: bytes(32), kind: 'changes', records },
    random: bytes(32),
  };
}
