import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../../../base/json.ts';
import { faultOf } from '../base/fault.ts';
import { upgradesFolder } from './copies.ts';

/** One line of the ledger: what an upgrade, or a way back, came to. */
export interface LedgerEntry {
  readonly event: 'begun' | 'done' | 'failed' | 'rolled_back';
  /** RFC 3339. */
  readonly at: string;
  /** Versions of the store. */
  readonly from: number;
  readonly to: number;
  /** Path of the copy that was made before, or was put back. */
  readonly copy: string;
  /** Version of the program that wrote the line. */
  readonly program: string;
  /** Why it failed; of a way back, where what it replaced is kept. */
  readonly note?: string;
}

/** Durable once it returned. A line that was cut off by a power loss before it is ended, and read past. */
export function writeLedger(path: string, entry: Omit<LedgerEntry, 'at'>): void {
  mkdirSync(upgradesFolder(path), { recursive: true, mode: 0o700 });
  const text = textOf(path);
  const file = openSync(ledgerPath(path), 'a', 0o600);
  try {
    writeSync(
      file,
      `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`,
    );
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** For what is done already: where the disk does not take the line, the next opening of the store writes it. */
export function noteWherePossible(path: string, entry: Omit<LedgerEntry, 'at'>): void {
  try {
    writeLedger(path, entry);
  } catch (error) {
    if (faultOf(error) === undefined) {
      throw error;
    }
  }
}

/** Oldest first. What is no entry is left out. */
export function readLedger(path: string): readonly LedgerEntry[] {
  return textOf(path).split('\n').flatMap(parseEntry);
}

function parseEntry(line: string): readonly LedgerEntry[] {
  try {
    const entry: unknown = JSON.parse(line);
    const isWhole =
      isJsonObject(entry) &&
      ['event', 'at', 'copy', 'program'].every((name) => typeof entry[name] === 'string') &&
      ['from', 'to'].every((name) => Number.isSafeInteger(entry[name]));
    return isWhole ? [entry as unknown as LedgerEntry] : [];
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  return existsSync(ledgerPath(path)) ? readFileSync(ledgerPath(path), 'utf8') : '';
}

function ledgerPath(path: string): string {
  return join(upgradesFolder(path), 'ledger.jsonl');
}
