import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hexFromBytes } from '../../base/bytes.ts';

const addressBytes = 32;

/**
 * What a relay confirmed to this device of one file, over a restart: a relay that says it has a chunk is believed for nothing
 * else. A line that a crash cut off names no chunk, and nothing is lost by that but a chunk that is brought once more.
 */
export interface Confirmed {
  has(address: string): boolean;
  add(addresses: readonly string[]): Promise<void>;
}

export async function openConfirmed(path: string): Promise<Confirmed> {
  const known = new Set<string>();
  const bytes = await readFile(path).catch(() => new Uint8Array(0));
  for (let start = 0; start + addressBytes <= bytes.length; start += addressBytes) {
    known.add(hexFromBytes(bytes.subarray(start, start + addressBytes)));
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return {
    has: (address) => known.has(address),
    async add(addresses) {
      await appendFile(path, Buffer.from(addresses.join(''), 'hex'), { mode: 0o600 });
    },
  };
}

export async function forgetConfirmed(path: string): Promise<void> {
  await rm(path, { force: true });
}
