import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A copy of a store as it was before an upgrade, or of one that made room for such a copy. */
export interface KeptCopy {
  readonly path: string;
  /** Version of the store in it. */
  readonly version: number;
  /** When it was made, as its name says: RFC 3339. */
  readonly at: string;
}

export type CopyKind = 'store' | 'replaced';

const keptCopies = 2;
const halfMade = '.new';

/** Where copies and the ledger of a database stand. */
export function upgradesFolder(path: string): string {
  return join(dirname(path), 'upgrades');
}

export function copyPath(path: string, kind: CopyKind, version: number, nowMs: number): string {
  const at = new Date(nowMs).toISOString().replaceAll(':', '');
  return join(upgradesFolder(path), `${kind}-v${version}-${at}.db`);
}

/** What a copy is called until it is whole. */
export function halfMadePath(copy: string): string {
  return copy + halfMade;
}

/** Oldest first. */
export function listCopies(path: string, kind: CopyKind): readonly KeptCopy[] {
  const folder = upgradesFolder(path);
  const pattern = new RegExp(`^${kind}-v(\\d{1,9})-(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d\\.\\d{3}Z)\\.db$`);
  return namesIn(folder)
    .flatMap((name) => {
      const [, version, day, hours, minutes, seconds] = pattern.exec(name) ?? [];
      return version === undefined
        ? []
        : [{ path: join(folder, name), version: Number(version), at: `${day}T${hours}:${minutes}:${seconds}` }];
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

export function removeOldCopies(path: string, kind: CopyKind): void {
  for (const copy of listCopies(path, kind).slice(0, -keptCopies)) {
    rmSync(copy.path, { force: true });
  }
}

/** What a process left that ended while it made a copy. */
export function removeHalfMade(path: string): void {
  const folder = upgradesFolder(path);
  for (const name of namesIn(folder)) {
    if (name.endsWith(`.db${halfMade}`) || name.endsWith(`.db${halfMade}-journal`)) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function namesIn(folder: string): readonly string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
