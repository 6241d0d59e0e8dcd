import type Database from 'better-sqlite3';
import { assert } from '../../../base/assert.ts';
import { u64, utf8, viewOf } from '../../../base/bytes.ts';
import { frame } from '../../../crypto/frame.ts';
import type { RandomBytes } from '../../../crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../../crypto/seal.ts';

export type SealedTable =
  | 'audit'
  | 'collection'
  | 'epoch_key'
  | 'link'
  | 'linked_file'
  | 'name'
  | 'quarantine'
  | 'record'
  | 'review'
  | 'scope_entry'
  | 'setting'
  | 'transition'
  | 'vault';

/** Seals payloads of rows so that each opens in its own place only. */
export interface Sealer {
  /** Number of the next writing of a row; never given twice, and half of its nonce. */
  nextVersion(): number;
  seal(table: SealedTable, row: number, version: number, plaintext: Uint8Array): Uint8Array;
  /** Undefined when the payload, its row and its version do not belong together. */
  open(table: SealedTable, row: number, version: number, payload: Uint8Array): Uint8Array | undefined;
}

const prefixSizeBytes = 16;
const writesOfSession = 2 ** 32;

/**
 * A nonce is the random prefix that was drawn when the store was opened, and a counter that never goes back while it is
 * open: it cannot repeat after a crash, a rolled back transaction or a restored copy, and costs a row six bytes.
 */
export function createSealer(
  database: Database.Database,
  dataKey: Uint8Array,
  vaultKey: Uint8Array,
  randomBytes: RandomBytes,
): Sealer {
  const readPrefix = database.prepare<[number], Uint8Array>('select prefix from session where session = ?').pluck();
  const prefixes = new Map<number, Uint8Array>();
  const session = startSession(database, randomBytes(prefixSizeBytes));
  const additionalData = createAdditionalData();
  const nonce = new Uint8Array(nonceSizeBytes);
  const nonceView = viewOf(nonce);
  let written = 0;

  function prefixOf(number: number): Uint8Array | undefined {
    const known = prefixes.get(number) ?? readPrefix.get(number);
    if (known !== undefined) {
      prefixes.set(number, known);
    }
    return known?.length === prefixSizeBytes ? known : undefined;
  }

  function setNonce(version: number): boolean {
    const prefix = prefixOf(Math.floor(version / writesOfSession));
    if (prefix === undefined) {
      return false;
    }
    nonce.set(prefix);
    nonceView.setUint32(20, version % writesOfSession);
    return true;
  }

  const keyOf = (table: SealedTable): Uint8Array => (table === 'vault' ? vaultKey : dataKey);

  return {
    nextVersion() {
      assert(written < writesOfSession, 'one opening of the store writes fewer than 2^32 rows');
      return session * writesOfSession + written++;
    },
    seal(table, row, version, plaintext) {
      assert(setNonce(version), 'the session of this opening is there');
      return sealAead(keyOf(table), nonce, additionalData(table, row, version), plaintext);
    },
    open(table, row, version, payload) {
      return setNonce(version)
        ? openAead(keyOf(table), nonce, additionalData(table, row, version), payload)
        : undefined;
    },
  };
}

function startSession(database: Database.Database, prefix: Uint8Array): number {
  assert(prefix.length === prefixSizeBytes, 'the source of randomness gives as many bytes as were asked for');
  return Number(database.prepare('insert into session (prefix) values (?)').run(prefix).lastInsertRowid);
}

/** `frame('row', table, row, version)`, made once for each table and filled in for each row. */
function createAdditionalData(): (table: SealedTable, row: number, version: number) => Uint8Array {
  const frames = new Map<SealedTable, { bytes: Uint8Array; view: DataView }>();
  return (table, row, version) => {
    let made = frames.get(table);
    if (made === undefined) {
      const bytes = frame('row', utf8(table), u64(0), u64(0));
      made = { bytes, view: viewOf(bytes) };
      frames.set(table, made);
    }
    const { bytes, view } = made;
    setU64(view, bytes.length - 20, row);
    setU64(view, bytes.length - 8, version);
    return bytes;
  };
}

function setU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 2 ** 32));
  view.setUint32(offset + 4, value % 2 ** 32);
}
