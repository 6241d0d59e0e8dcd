import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isJsonObject } from '../../../base/json.ts';
import type { LockHolder } from './fault.ts';

/**
 * The file beside a store that says who has it open. It only names the holder: what keeps a second one out is the
 * database's own exclusive lock, which the system takes back when its process dies, so a stale file stops nobody.
 */
export function writeLock(path: string): void {
  const temporary = `${lockPath(path)}.${process.pid}`;
  const holder: LockHolder = { pid: process.pid, since: new Date().toISOString() };
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600 });
  renameSync(temporary, lockPath(path));
}

/** Who says to hold the store; null when nobody does, or the one who did is gone. */
export function readLock(path: string): LockHolder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(lockPath(path), 'utf8'));
    if (!isJsonObject(holder)) {
      return null;
    }
    const { pid, since } = holder;
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && isAlive(pid)
      ? { pid, since: typeof since === 'string' ? since : null }
      : null;
  } catch {
    return null;
  }
}

/** True where the process that had the store open last did not close it. */
export function isLeftOpen(path: string): boolean {
  return existsSync(lockPath(path));
}

export function removeLock(path: string): void {
  rmSync(lockPath(path), { force: true });
}

function lockPath(path: string): string {
  return `${path}.lock`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive and does not let us ask.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
