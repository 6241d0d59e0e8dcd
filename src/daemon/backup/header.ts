import { base64urlFromBytes, utf8 } from '../../base/bytes.ts';
import { canonicalText, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import {
  type PassphraseCost,
  isAcceptedCost,
  passphraseCost,
  passphraseSaltSizeBytes,
} from '../../crypto/passphrase.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { bytesOf, exactObject, integerOf } from '../../membership/parse/json-fields.ts';

/** What stands in the clear before everything else: how the key is had from the passphrase. */
export interface BackupHeader {
  readonly cost: PassphraseCost;
  readonly salt: Uint8Array;
}

/** foreign: no backup of ours. newer: of a later program. weakened: a cost of guessing that is never written. */
export type HeaderFault = 'foreign' | 'newer' | 'weakened';

/** The first line is well below this. */
export const mostHeaderBytes = 1024;

const format = 'sourcesync-backup';
const version = 1;
const algorithm = 'argon2id13';

export function newHeader(randomBytes: RandomBytes): BackupHeader {
  return { cost: passphraseCost, salt: randomBytes(passphraseSaltSizeBytes) };
}

/** Canonical JSON and a line feed; every chunk is sealed with these bytes beside it. */
export function headerBytes({ cost, salt }: BackupHeader): Uint8Array {
  const protection = { kind: 'passphrase', algorithm, ...cost, salt: base64urlFromBytes(salt) };
  return utf8(`${canonicalText({ format, version, protection })}\n`);
}

/** Reads the first line of a file; it never throws on input. */
export function parseHeader(line: Uint8Array): Result<BackupHeader, HeaderFault> {
  const parsed = parseCanonicalIntegers(line);
  const object = parsed.ok ? exactObject(parsed.value, ['format', 'version', 'protection']) : undefined;
  if (object?.['format'] !== format) {
    return err('foreign');
  }
  const found = integerOf(object['version'], 1, Number.MAX_SAFE_INTEGER);
  if (found !== version) {
    return err(found === undefined ? 'foreign' : 'newer');
  }
  const protection = exactObject(object['protection'], ['kind', 'algorithm', 'memoryBytes', 'operations', 'salt']);
  const memoryBytes = integerOf(protection?.['memoryBytes'], 0, Number.MAX_SAFE_INTEGER);
  const operations = integerOf(protection?.['operations'], 0, Number.MAX_SAFE_INTEGER);
  const salt = bytesOf(protection?.['salt'], passphraseSaltSizeBytes);
  const isPassphrase = protection?.['kind'] === 'passphrase' && protection['algorithm'] === algorithm;
  if (!isPassphrase || memoryBytes === undefined || operations === undefined || salt === undefined) {
    return err('foreign');
  }
  const cost = { memoryBytes, operations };
  return isAcceptedCost(cost) ? ok({ cost, salt }) : err('weakened');
}
