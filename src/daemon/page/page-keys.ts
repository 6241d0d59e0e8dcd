import { createHash } from 'node:crypto';

/** What opens the page: codes that count once, and the bearers that they were changed for. All in memory, all random. */
export interface PageKeys {
  /** A code, and until when it counts, in milliseconds of `nowMs`. */
  newCode(): { readonly code: string; readonly untilMs: number };
  /** The bearer that a code opens; undefined for one that is unknown, late or used. */
  redeem(code: string): string | undefined;
  holds(bearer: string): boolean;
  /** Until when the last code counts that nobody used; 0 where none waits. */
  waitsUntilMs(): number;
  /** Every code and every bearer ends. */
  forget(): void;
}

export const codeLifeMs = 60_000;
const sizeBytes = 32;
/** Beyond these the oldest give way. */
const mostCodes = 16;
const mostBearers = 64;

export function createPageKeys(
  randomBytes: (sizeBytes: number) => Uint8Array,
  nowMs: () => number = Date.now,
): PageKeys {
  // Found by hash: nothing is compared byte by byte, and a look at the memory of these maps gives none of them.
  const codes = new Map<string, number>();
  const bearers = new Set<string>();
  const text = (): string => Buffer.from(randomBytes(sizeBytes)).toString('base64url');

  return {
    newCode() {
      const code = text();
      const untilMs = nowMs() + codeLifeMs;
      codes.set(hashOf(code), untilMs);
      dropOldest(codes, mostCodes);
      return { code, untilMs };
    },
    redeem(code) {
      const key = hashOf(code);
      const untilMs = codes.get(key) ?? 0;
      codes.delete(key);
      if (untilMs <= nowMs()) {
        return undefined;
      }
      const bearer = text();
      bearers.add(hashOf(bearer));
      dropOldest(bearers, mostBearers);
      return bearer;
    },
    holds: (bearer) => bearers.has(hashOf(bearer)),
    waitsUntilMs: () => Math.max(0, ...codes.values()),
    forget() {
      codes.clear();
      bearers.clear();
    },
  };
}

function dropOldest(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) {
      return;
    }
    kept.delete(key);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
