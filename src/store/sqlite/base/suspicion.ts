import { existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * The file beside a store that says that a page of it was not as it was written. Whoever opens the store next looks at
 * all of it, and makes it anew where it must.
 */
export function suspect(path: string): void {
  writeFileSync(markOf(path), '', { mode: 0o600 });
}

export function isSuspected(path: string): boolean {
  return existsSync(markOf(path));
}

export function clearSuspicion(path: string): void {
  rmSync(markOf(path), { force: true });
}

function markOf(path: string): string {
  return `${path}.suspect`;
}
