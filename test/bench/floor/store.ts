import Database from 'better-sqlite3';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { textFromUtf8 } from '../../../src/base/bytes.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../../src/crypto/seal.ts';
import { sign, signatureSizeBytes, verify } from '../../../src/crypto/sign.ts';
import { hash } from '../../../src/crypto/hash.ts';
import type { SampleRecord } from '../records.ts';

/** The least that has to be done for a batch of records: nothing of the product but its primitives. */
export interface FloorKeys {
  readonly sealing: Uint8Array;
  readonly secret: Uint8Array;
  readonly public: Uint8Array;
}

export const recordsPerBatch = 500;

const nonce = new Uint8Array(nonceSizeBytes);
const nothing = new Uint8Array(0);

export interface FloorStore {
  /** One transaction, durable when it returns. */
  insert(
    sequence: number,
    batch: Uint8Array,
    records: readonly { readonly id: string; readonly body: Uint8Array }[],
  ): void;
  count(): number;
  close(): void;
}

/** A database with the durability of the product's stores: write-ahead log, every commit synced. */
export function openFloorStore(path: string): FloorStore {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID; CREATE TABLE IF NOT EXISTS batches (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)',
  );
  database.pragma('synchronous = FULL');
  const insertRecord = database.prepare('INSERT INTO records (id, body) VALUES (?, ?)');
  const insertBatch = database.prepare('INSERT INTO batches (sequence, bytes) VALUES (?, ?)');
  const insert = database.transaction<FloorStore['insert']>((sequence, batch, records) => {
    insertBatch.run(sequence, batch);
    for (const { id, body } of records) {
      insertRecord.run(id, body);
    }
  });
  const countRecords = database.prepare<[], { readonly count: number }>('SELECT count(*) AS count FROM records');
  return { insert, count: () => countRecords.get()?.count ?? 0, close: () => database.close() };
}

/** Canonical JSON of each record, one seal and one signature over all: `signature ‖ ciphertext`. */
export function sealRecords(
  keys: FloorKeys,
  records: readonly SampleRecord[],
): { readonly batch: Uint8Array; readonly bodies: readonly Uint8Array[] } {
  const bodies = records.map((record) => canonicalBytes({ ...record }));
  const ciphertext = sealAead(
    keys.sealing,
    nonce,
    nothing,
    Buffer.concat(bodies.flatMap((body) => [lengthOf(body), body])),
  );
  const signature = sign(keys.secret, 'batch-sig', hash('batch', ciphertext));
  return { batch: Buffer.concat([signature, ciphertext]), bodies };
}

/** The records of a sealed batch; throws when it is not what was signed. */
export function openRecords(
  keys: FloorKeys,
  batch: Uint8Array,
): readonly { readonly id: string; readonly body: Uint8Array }[] {
  const signature = batch.subarray(0, signatureSizeBytes);
  const ciphertext = batch.subarray(signatureSizeBytes);
  const plain = verify(keys.public, 'batch-sig', hash('batch', ciphertext), signature)
    ? openAead(keys.sealing, nonce, nothing, ciphertext)
    : undefined;
  if (plain === undefined) {
    throw new Error('The floor program sent a batch that does not open.');
  }
  const records: { id: string; body: Uint8Array }[] = [];
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  for (let offset = 0; offset < plain.length; ) {
    const end = offset + 4 + view.getUint32(offset);
    const body = plain.subarray(offset + 4, end);
    records.push({ id: (JSON.parse(textFromUtf8(body) as string) as SampleRecord).id, body });
    offset = end;
  }
  return records;
}

/** Keys that both processes of the floor derive from the same words; they protect nothing. */
export function floorKeys(): FloorKeys {
  const { sign: pair, hedge } = createDeviceKeys((size) => new Uint8Array(size).fill(7));
  return { sealing: hedge, secret: pair.secretKey, public: pair.publicKey };
}

function lengthOf(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, body.length);
  return bytes;
}
