import { hexFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { type IssuedToken, createTokenFiles, isTokenId } from './token-files.ts';
import { type RegistrationToken, readToken, tokenIdSizeBytes, writeToken } from './token.ts';

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

export function createTokenFolder(dataDir: string, randomBytes: RandomBytes): TokenFolder {
  const files = createTokenFiles(dataDir);

  return {
    create({ scopes, days, nowMs }) {
      return inWords(() => {
        const key = files.ensureKey(randomBytes);
        if (!key.ok) {
          return key;
        }
        const expiresAtSeconds = Math.floor(nowMs / 1000) + days * daySeconds;
        const token = { tokenId: hexFromBytes(randomBytes(tokenIdSizeBytes)), expiresAtSeconds, scopes };
        return ok({
          text: writeToken(key.value, token),
          issued: files.keep({ ...token, createdAtMs: nowMs, revokedAtMs: null }),
        });
      });
    },
    list() {
      return inWords(() => {
        const issued: IssuedToken[] = [];
        for (const tokenId of files.issuedIds()) {
          const token = files.readIssued(tokenId);
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
        const issued = isTokenId(tokenId) ? files.readIssued(tokenId) : ok(undefined);
        if (!issued.ok) {
          return issued;
        }
        return issued.value === undefined
          ? err(`No token is called ${tokenId}. See: sourcesync relay token ls`)
          : ok(files.keep({ ...issued.value, revokedAtMs: issued.value.revokedAtMs ?? nowMs }));
      });
    },
    judge(text, nowMs) {
      const key = files.readKey();
      const token = key.ok && key.value !== undefined ? readToken(key.value, text) : undefined;
      const issued = token && files.readIssued(token.tokenId);
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

/** A folder that cannot be written is told to the operator. */
function inWords<T>(work: () => Result<T, string>): Result<T, string> {
  try {
    return work();
  } catch (cause) {
    return err(`The tokens of the relay cannot be kept: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
