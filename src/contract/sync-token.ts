import { type Result, err, ok } from '../base/result.ts';

/**
 * Where an owner's set stands in the owner's own order. A number rises with every push. A text has no order that anybody
 * but the owner knows (an ETag, a commit): a push names the one that it follows.
 */
export type SyncToken = number | string;

const longestToken = 256;
const tokenForm = `A sync token is a whole number from 0 to 2^53 - 1, or a text of 1 to ${longestToken} visible ASCII characters without blanks that does not read as a number.`;

/** A token as it comes in JSON; the error is in words. */
export function parseSyncToken(value: unknown): Result<SyncToken, string> {
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isNumber || isOpaque(value) ? ok(value) : err(tokenForm);
}

/** 5 and "5" would be two tokens that nobody can tell apart. */
function isOpaque(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= longestToken &&
    /^[\x21-\x7e]+$/.test(value) &&
    !/^[-+]?\d*\.?\d*$/.test(value)
  );
}

/** A token as it is typed: what is all digits is a number. */
export function syncTokenFromText(text: string): Result<SyncToken, string> {
  return parseSyncToken(/^\d{1,16}$/.test(text) ? Number(text) : text);
}

/** What is in force, as far as tokens go. */
export interface ActiveToken {
  readonly syncToken: SyncToken | null;
  readonly contentHash: string | null;
}

/** What is pushed; `previousToken` is the one that it says it follows. */
export interface PushedToken {
  readonly syncToken: SyncToken;
  readonly previousToken?: SyncToken;
  readonly contentHash: string;
}

/** Why a set does not follow the active one, in words with what to do; undefined where it does, or is that one. */
export function staleness(
  { syncToken: active, contentHash: activeHash }: ActiveToken,
  { syncToken, previousToken, contentHash }: PushedToken,
): string | undefined {
  if (active === null) {
    return previousToken === undefined
      ? undefined
      : `There is no active set, and this one follows ${shown(previousToken)}. Push it without a previous token if it is the first.`;
  }
  if (syncToken === active) {
    // Pushed again, as after an answer that was lost: what it followed says nothing any more.
    return contentHash === activeHash
      ? undefined
      : `The active set has the sync token ${shown(active)} and other content. Push this one with a token of its own.`;
  }
  if (previousToken !== undefined) {
    return previousToken === active
      ? lowerThan(active, syncToken)
      : `The active set has the sync token ${shown(active)}, and this one follows ${shown(previousToken)}. Look at what is active, and push again what follows it.`;
  }
  return typeof active === 'number' && typeof syncToken === 'number'
    ? lowerThan(active, syncToken)
    : `The active set has the sync token ${shown(active)}. An opaque token has no order: say that this set, ${shown(syncToken)}, follows that one, as its previous token.`;
}

function lowerThan(active: SyncToken, syncToken: SyncToken): string | undefined {
  return typeof active === 'number' && typeof syncToken === 'number' && syncToken < active
    ? `The active set has the sync token ${active}, and this one ${syncToken}. Push it again with a higher one if it is the newer of the two.`
    : undefined;
}

function shown(token: SyncToken): string {
  return typeof token === 'number' ? String(token) : `"${token}"`;
}
