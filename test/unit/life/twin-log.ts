import { textFromUtf8, utf8 } from '../../../src/base/bytes.ts';
import { mergeLines } from '../../../src/merge/texts/text-lines.ts';
import type { TwinFaults } from './twin.ts';

/** A file, or that there is none. */
export interface Version {
  readonly content: Buffer | undefined;
  readonly mode: number;
}

export const nothing: Version = { content: undefined, mode: 0o644 };

/** What both devices agree on, and every content that any of them ever had. */
export interface TwinLog {
  readonly head: ReadonlyMap<string, Version>;
  headOf(path: string): Version;
  /** A content that was seen: it comes back by a command from now on. */
  remember(path: string, content: Buffer | undefined): void;
  versionsOf(path: string): readonly Buffer[];
  /** Takes a change in that was made from `base`; answers true where it met another one of the same place. */
  take(path: string, base: Version, mine: Version): boolean;
  /** The latest file that was deleted. */
  lastDeleted(): string | undefined;
}

export function createTwinLog(faults: TwinFaults): TwinLog {
  const head = new Map<string, Version>();
  const versions = new Map<string, Buffer[]>();
  let deleted: string | undefined;
  const headOf = (path: string): Version => head.get(path) ?? nothing;

  function remember(path: string, content: Buffer | undefined): void {
    const known = versions.get(path) ?? [];
    if (content !== undefined && !known.some((one) => one.equals(content))) {
      versions.set(path, [...known, content]);
    }
  }

  return {
    head,
    headOf,
    remember,
    versionsOf(path) {
      const all = versions.get(path) ?? [];
      return faults.forgetsVersions === true ? all.slice(-1) : all;
    },
    take(path, base, mine) {
      const theirs = headOf(path);
      const meets = !isSame(theirs, base);
      const merged = meets ? merge(base, mine, theirs, faults) : mine;
      remember(path, merged.content);
      head.set(path, merged);
      if (merged.content === undefined) {
        deleted = path;
      }
      return meets;
    },
    lastDeleted: () => deleted,
  };
}

export function isSame(one: Version, other: Version): boolean {
  if (one.content === undefined || other.content === undefined) {
    return one.content === other.content;
  }
  return one.content.equals(other.content) && one.mode === other.mode;
}

/** An edit is more than a deletion; lines of both stand where both wrote; of other bytes the later stand. */
function merge(base: Version, mine: Version, theirs: Version, faults: TwinFaults): Version {
  if (mine.content === undefined || theirs.content === undefined) {
    return mine.content === undefined ? theirs : mine;
  }
  const [old, here, there] = [base.content ?? Buffer.alloc(0), mine.content, theirs.content].map((bytes) =>
    textFromUtf8(bytes),
  );
  if (old === undefined || here === undefined || there === undefined) {
    return mine;
  }
  const merged = mergeLines(old, here, there, (ours, others) => [...others, ...ours]) ?? here;
  const text = faults.garblesMerges === true ? merged.replace(/\n/, ' and\n') : merged;
  return { content: Buffer.from(utf8(text)), mode: mine.mode };
}
