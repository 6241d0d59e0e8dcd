import { type BigIntStats, statSync } from 'node:fs';

/** The folder that a source was told it works in. */
export interface HeldRoot {
  readonly path: string;
  hold(identity: string): void;
  /** False where this open or named folder is not the one that is held; true while none is. */
  isHeld(identity: string | undefined): boolean;
  /** True while the folder at the path is the one that is held. */
  isThere(): boolean;
}

export function createHeldRoot(path: string): HeldRoot {
  let held: string | undefined;
  const isHeld = (identity: string | undefined): boolean => held === undefined || held === identity;
  return {
    path,
    hold(identity): void {
      held = identity;
    },
    isHeld,
    isThere: () => held === undefined || isHeld(identityAt(path)),
  };
}

export function identityOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}`;
}

function identityAt(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat?.isDirectory() === true ? identityOf(stat) : undefined;
  } catch {
    return undefined;
  }
}
