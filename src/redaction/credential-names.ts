import { findInText } from './find-secrets.ts';

const longestName = 80;
const secretPart =
  /passw|passphrase|passcode|secret|token|credential|apikey|authkey|accesskey|privatekey|secretkey|masterkey|signingkey|encryptionkey|licensekey/;
const secretPartWhole = /(?:^|_)(?:pass|pwd|pw)(?:_|$)/;
/** Words that name many other things: only a value that looks drawn by lot makes them a secret. */
const weakPart = /(?:^|_)(?:key|auth|pat)(?:_|$)/;
/** Names of what is beside a secret: where it lies, how long it lasts, whose it is. */
const besideSecret =
  /(?:^|_)(?:file|files|path|dir|folder|url|uri|endpoint|host|port|id|name|user|username|ttl|timeout|expiry|expires|expiration|helper|command|cmd|askpass|length|size|max|min|limit|limits|type|kind|store|provider|algorithm|policy|enabled|count|budget|sock|socket|public)$/;
/** Variables of shells and programs that hold none. */
const harmlessNames = /^(?:pwd|oldpwd|ssh_auth_sock|ssh_askpass|git_askpass|sudo_askpass|xauthority|keytimeout)$/;

/** What stands beside the name of a secret (`DB_PASSWORD`, `githubToken`, `stripe.secret-key`), and is one. */
export function isSecretPair(name: string, value: string): boolean {
  const plain = name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  if (harmlessNames.test(plain) || besideSecret.test(plain) || !isSecretValue(value)) {
    return false;
  }
  const isNamed = secretPart.test(plain.replaceAll('_', '')) || secretPartWhole.test(plain);
  return isNamed || (weakPart.test(plain) && isDrawn(value));
}

function isDrawn(value: string): boolean {
  return /^[\w+/=.-]{12,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}

export function kindOf(name: string, value: string): string {
  const [find] = findInText(value);
  if (find !== undefined) {
    return find.rule;
  }
  const plain = name.toLowerCase();
  return /pass|pwd|pw$/.test(plain) ? 'password' : plain.includes('token') || plain.endsWith('auth') ? 'token' : 'key';
}

const placeholder =
  /^(?:true|false|yes|no|on|off|null|none|undefined|nil|\d{1,3}|x{3,}|\*{3,}|\.{3,}|-+|<[^>]*>|\[[^\]]*\]|change[-_ ]?me|change[-_ ]?it|placeholder|redacted|your[-_ ].*|example|todo|insert[-_ ].*|urn:srcos:secret:.*|op:\/\/.*|%[\w]+%)$/i;
const pathOfMachine = /^(?:~\/|\/(?:run|etc|home|usr|var|opt|tmp|Users|root|mnt|proc|dev)\/)/;

/** What stands beside a secret's name is a secret, and not a word for one or a way to it. */
export function isSecretValue(value: string): boolean {
  const text = value.trim();
  return text !== '' && !placeholder.test(text) && !pathOfMachine.test(text);
}

/** A value is fetched from elsewhere: `$NAME`, `${NAME}`, `$(command)`; a word such as `Bearer` may stand before it. */
export function isReference(value: string): boolean {
  if (/^(?:\$[({]|`)/.test(value)) {
    return true;
  }
  const short = value.slice(0, 512);
  const rest = short.replace(/\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|\{\{[^}]*\}\}/g, '');
  return rest !== short && (rest.match(/[A-Za-z0-9]/g) ?? []).length < 8;
}

/** Never shows what a name should not hold: an address with a password in it, or a token. */
export function safeName(name: string): string {
  const isSecret = findInText(name).length > 0 || /[^/\s]*@/.test(name);
  return isSecret
    ? '(a name that holds a secret)'
    : name.length > longestName
      ? `${name.slice(0, longestName)}…`
      : name;
}
