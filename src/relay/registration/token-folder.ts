import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { base64urlFromBytes, bytesFromBase64url, hexFromBytes } from '../../base/bytes.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { createPrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';
import { type RegistrationToken, readToken, tokenIdSizeBytes, tokenKeySizeBytes, writeToken } from './token.ts';

/** What is remembered of a token: enough to list and revoke it, not enough to use it. */
export interface IssuedToken extends RegistrationToken {
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** What a relay asks when somebody founds a scope with a token. */
export interface RegistrationTokens {
  /** What the token allows now, or in words for its bearer why it allows nothing. */
  judge(text: string, nowMs: number): Result<RegistrationToken, string>;
}

/**
 * Tokens of one relay, in its data folder: `token.key`, and for each token a file that says it was issued. The relay
 * looks at them whenever it is asked, so that they are made and revoked while it runs and holds its database.
 */
export interface TokenFolder extends RegistrationTokens {
  create(options: {
    scopes: number;
    days: number;
    nowMs: number;
  }): Result<{ text: string; issued: IssuedToken }, string>;
  list(): Result<readonly IssuedToken[], string>;
  revoke(tokenId: string, nowMs: number): Result<IssuedToken, string>;
}

const daySeconds = 86_400;
const idPattern = /^[0-9a-f]{16}$/;

export function createTokenFolder(dataDir: string, randomBytes: RandomBytes): TokenFolder {
  const keyPath = join(dataDir, 'token.key');
  const folder = join(dataDir, 'tokens');
  const pathOf = (tokenId: string): string => join(folder, `${tokenId}.json`);

  function readKey(): Result<Uint8Array | undefined, string> {
    const text = readPrivateFile(keyPath);
    if (!text.ok || text.value === undefined) {
      return text as Result<undefined, string>;
    }
    const key = bytesFromBase64url(text.value.trim());
    return key?.length === tokenKeySizeBytes
      ? ok(key)
      : err(`${keyPath} is damaged. Remove it and create new tokens: those that it made are worth nothing any more.`);
  }

  function ensureKey(): Result<Uint8Array, string> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    createPrivateFile(keyPath, `${base64urlFromBytes(randomBytes(tokenKeySizeBytes))}\n`);
    return readKey() as Result<Uint8Array, string>;
  }

  function readIssued(tokenId: string): Result<IssuedToken | undefined, string> {
    const text = readPrivateFile(pathOf(tokenId));
    if (!text.ok || text.value === undefined) {
      return text as Result<undefined, string>;
    }
    const issued = issuedFromText(text.value);
    return issued?.tokenId === tokenId
      ? ok(issued)
      : err(`${pathOf(tokenId)} is damaged. Remove it: that revokes the token.`);
  }

  function keep(issued: IssuedToken): IssuedToken {
    writePrivateFile(pathOf(issued.tokenId), `${JSON.stringify({ version: 1, ...issued }, null, 2)}\n`);
    return issued;
  }

  return {
    create({ scopes, days, nowMs }) {
      return inWords(() => {
        const key = ensureKey();
        if (!key.ok) {
          return key;
        }
        const expiresAtSeconds = Math.floor(nowMs / 1000) + days * daySeconds;
        const token = { tokenId: hexFromBytes(randomBytes(tokenIdSizeBytes)), expiresAtSeconds, scopes };
        return ok({
          text: writeToken(key.value, token),
          issued: keep({ ...token, createdAtMs: nowMs, revokedAtMs: null }),
        });
      });
    },
    list() {
      return inWords(() => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const issued: IssuedToken[] = [];
        for (const name of readdirSync(folder).filter((file) => idPattern.test(file.replace(/\.json$/, '')))) {
          const token = readIssued(name.replace(/\.json$/, ''));
          if (!token.ok) {
            return token;
          }
          issued.push(...(token.value === undefined ? [] : [token.value]));
        }
        return ok(issued.sort((left, right) => left.createdAtMs - right.createdAtMs));
      });
    },
    revoke(tokenId, nowMs) {
      return inWords(() => {
        const issued = idPattern.test(tokenId) ? readIssued(tokenId) : ok(undefined);
        if (!issued.ok) {
          return issued;
        }
        return issued.value === undefined
          ? err(`No token is called ${tokenId}. See: sourcesync relay token ls`)
          : ok(keep({ ...issued.value, revokedAtMs: issued.value.revokedAtMs ?? nowMs }));
      });
    },
    judge(text, nowMs) {
      const key = readKey();
      const token = key.ok && key.value !== undefined ? readToken(key.value, text) : undefined;
      const issued = token && readIssued(token.tokenId);
      if (!key.ok || issued?.ok === false) {
        return err('the registration tokens of this relay cannot be read: tell its operator to try relay token ls.');
      }
      if (token === undefined) {
        return err('the registration token is not one of this relay.');
      }
      // A token whose file is gone counts as revoked: removing the folder takes every leave back.
      if (issued?.value === undefined || issued.value.revokedAtMs !== null) {
        return err('the registration token was revoked.');
      }
      return token.expiresAtSeconds * 1000 > nowMs ? ok(token) : err('the registration token has expired.');
    },
  };
}

function issuedFromText(text: string): IssuedToken | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value['version'] !== 1) {
    return undefined;
  }
  const { tokenId, expiresAtSeconds, scopes, createdAtMs, revokedAtMs } = value as Record<string, unknown>;
  const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;
  const isWhole = typeof tokenId === 'string' && isCount(expiresAtSeconds) && isCount(scopes) && isCount(createdAtMs);
  return isWhole && (revokedAtMs === null || isCount(revokedAtMs))
    ? { tokenId, expiresAtSeconds, scopes, createdAtMs, revokedAtMs }
    : undefined;
}

/** A folder that cannot be written is told to the operator. */
function inWords<T>(work: () => Result<T, string>): Result<T, string> {
  try {
    return work();
  } catch (cause) {
    return err(`The tokens of the relay cannot be kept: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
