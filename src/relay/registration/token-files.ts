import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { createPrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';
import { type RegistrationToken, tokenKeySizeBytes } from './token.ts';

/** What is remembered of a token: enough to list and revoke it, not enough to use it. */
export interface IssuedToken extends RegistrationToken {
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** The files of a relay's tokens: `token.key`, and for each token one that says it was issued. A disk that fails throws. */
export interface TokenFiles {
  /** Undefined where no token was ever made. */
  readKey(): Result<Uint8Array | undefined, string>;
  /** Made where there is none. */
  ensureKey(randomBytes: RandomBytes): Result<Uint8Array, string>;
  /** Undefined where there is no such file. */
  readIssued(tokenId: string): Result<IssuedToken | undefined, string>;
  issuedIds(): readonly string[];
  keep(issued: IssuedToken): IssuedToken;
}

const idPattern = /^[0-9a-f]{16}$/;

/** Other names are those of no token, and of no file here. */
export function isTokenId(text: string): boolean {
  return idPattern.test(text);
}

export function createTokenFiles(dataDir: string): TokenFiles {
  const keyPath = join(dataDir, 'token.key');
  const folder = join(dataDir, 'tokens');
  const pathOf = (tokenId: string): string => join(folder, `${tokenId}.json`);
  const ensureFolder = (): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });

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

  return {
    readKey,
    ensureKey(randomBytes) {
      ensureFolder();
      createPrivateFile(keyPath, `${base64urlFromBytes(randomBytes(tokenKeySizeBytes))}\n`);
      return readKey() as Result<Uint8Array, string>;
    },
    readIssued(tokenId) {
      const text = readPrivateFile(pathOf(tokenId));
      if (!text.ok || text.value === undefined) {
        return text as Result<undefined, string>;
      }
      const issued = issuedFromText(text.value);
      return issued?.tokenId === tokenId
        ? ok(issued)
        : err(`${pathOf(tokenId)} is damaged. Remove it: that revokes the token.`);
    },
    issuedIds() {
      ensureFolder();
      return readdirSync(folder)
        .map((file) => file.replace(/\.json$/, ''))
        .filter(isTokenId);
    },
    keep(issued) {
      writePrivateFile(pathOf(issued.tokenId), `${JSON.stringify({ version: 1, ...issued }, null, 2)}\n`);
      return issued;
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
