import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What stands in the file of the token by which commands are let in. `lost`: there is none, or what is there is none. */
export type TokenFile =
  | { readonly kind: 'whole'; readonly token: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unreadable'; readonly message: string };

// As a header carries it, and long enough that nobody guesses it. What a crash leaves of a file is often empty, or zeros.
const tokenForm = /^[\x21-\x7e]{32,1024}$/;

export function readToken(path: string): TokenFile {
  try {
    const token = readFileSync(path, 'latin1').trim();
    return tokenForm.test(token) ? { kind: 'whole', token } : { kind: 'lost' };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (code === 'ENOENT') {
      return { kind: 'lost' };
    }
    const message = `${path} cannot be read (${code}), and a command needs it. See whether it is this user's, and whether its disk is well (dmesg).`;
    return { kind: 'unreadable', message };
  }
}

/** A token opens nothing that is stored: one that is lost is replaced by any other. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
