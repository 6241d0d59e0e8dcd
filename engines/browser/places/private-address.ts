import { parseUrl } from '../../../src/base/url.ts';
import { namesOwnHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

/** Longer ones hold a page, and not the way to one. */
export const longestAddress: number = 16 * 1024;

/** Names that stand before a value that lets somebody in, as they are without their punctuation. */
const secretName =
  /token|secret|passw|passphrase|apikey|accesskey|privatekey|signature|credential|sessionid|sessid|jwt|otp$|^(auth|authorization|authkey|authuserkey|bearer|pass|pwd|pw|pin|session|sid|sig|hmac|login|magic|invite|ticket|oauthverifier)$/;

/** Names that do so where the value is long enough to be no choice of a page. */
const secretIfLong = /^(key|code|state|nonce|hash|private|id_?token|k|t|s)$/;
const longValue = /^(?=[\w.~+/=-]{20,}$)(?=.*\d)(?=.*[a-z])/i;

/** Looked for from its sign, and back from there: what has none is passed in a step. */
const assigned = /(?<=([\w.[\]-]{1,80})["']?\s{0,8})=\s{0,8}["']?([^&;#?\s"']*)/g;
/** As a script has it. */
const quoted = /(?<=([\w.-]{1,80})["']?\s{0,8}):\s{0,8}["']([^"']*)/g;

/** Addresses that let in by themselves. */
const opensByItself = /\/bot\d+:[\w-]{20,}|\/private-[0-9a-f]{16,}|\/\/[^\s/?#@]*:[^\s/?#@]*@|\bya29\./;

/** In words why an address is never sent: it lets in whoever has it. Undefined where it does not seem to. */
export function whySecret(address: string): string | undefined {
  if (address.length > longestAddress) {
    return 'it is too long for an address';
  }
  const plain = decodedTwice(address);
  const parsed = /[@\\]/.test(plain) ? parseUrl(address) : undefined;
  if (parsed !== undefined && (parsed.username !== '' || parsed.password !== '')) {
    return 'it carries a name or a password';
  }
  if (isToken(plain) || (plain !== address && isToken(address))) {
    return 'it carries a token or a password';
  }
  const name =
    (plain.includes('=') ? secretNameIn(plain, assigned) : undefined) ??
    (/["']/.test(plain) ? secretNameIn(plain, quoted) : undefined);
  return name === undefined ? undefined : `it carries a token or a password (${name})`;
}

/** Of the names before values the first one that says that its value lets in. */
function secretNameIn(text: string, named: RegExp): string | undefined {
  // Not matchAll, which makes an expression anew for each of tens of thousands of addresses.
  named.lastIndex = 0;
  for (let found = named.exec(text); found !== null; found = named.exec(text)) {
    const [, name = '', value = ''] = found;
    const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    if (value !== '' && (secretName.test(bare) || (secretIfLong.test(bare) && longValue.test(value)))) {
      return name;
    }
  }
  return undefined;
}

function isToken(text: string): boolean {
  return holdsKnownToken(text) || opensByItself.test(text);
}

/** In words why an address means nothing on another machine. */
export function whyLocal(address: string, home: string): string | undefined {
  const plain = decodedTwice(address);
  if (/^[\s\0-\x1f]*(file|filesystem|blob|moz-extension|resource|view-source:file):/i.test(plain)) {
    return 'it leads to something of this machine';
  }
  return namesOwnHome(plain, home) ? 'it names the home folder of this machine' : undefined;
}

/** What is no code stays as it is. */
export function decodedTwice(text: string): string {
  return text.includes('%') ? decoded(decoded(text)) : text;
}

function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (code) => {
    try {
      return decodeURIComponent(code);
    } catch {
      return code.replaceAll(/%([0-7][0-9a-f])/gi, (_one, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
  });
}
