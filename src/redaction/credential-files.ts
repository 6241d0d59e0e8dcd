import type { Credential } from '../contract/credentials.ts';
import { type JsonValue, isJsonObject } from '../base/json.ts';
import { isReference, isSecretPair, isSecretValue } from './credential-names.ts';
import { findInText } from './find-secrets.ts';

/** Nobody logs in to more registries. */
const maximumAuths = 128;

/** A credential before its kind and name are looked at again. */
export interface Raw extends Pick<Credential, 'line' | 'name'> {
  readonly forms: readonly [string, ...string[]];
  /** What the value is called there: its kind is told by that. */
  readonly label: string;
}

export function netrcCredentials(text: string): readonly Raw[] {
  const found: Raw[] = [];
  const tokens = text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
    return words.map((word) => ({ word, line: index + 1 }));
  });
  let host = 'default';
  for (const [index, { word, line }] of tokens.entries()) {
    const next = unquoted(tokens[index + 1]?.word ?? '');
    if (word === 'machine' || word === 'default') {
      host = word === 'machine' ? next : 'default';
    } else if ((word === 'password' || (word === 'login' && findInText(next).length > 0)) && isSecretValue(next)) {
      found.push({ line, name: host, label: 'password', forms: [next] });
    }
  }
  return found;
}

export function npmCredentials(text: string): readonly Raw[] {
  return lines(text).flatMap(({ text: line, number }) => {
    const at = line.indexOf('=');
    const key = line
      .slice(0, at)
      .replace(/^[\s;#]+/, '')
      .trim();
    const value = unquoted(line.slice(at + 1).trim());
    const isCredential =
      at > 0 && /(?:^|:)_(?:authToken|auth|password)$/i.test(key) && isSecretValue(value) && !isReference(value);
    const forms: Raw['forms'] = /_password$/i.test(key) ? [value, decoded(value)] : [value];
    return isCredential ? [{ line: number, name: key, label: key, forms }] : [];
  });
}

interface IniLine {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

function iniLines(text: string): readonly IniLine[] {
  let section = '';
  return lines(text).flatMap(({ text: line, number }) => {
    const plain = line.trim().replace(/^[#;]\s*/, '');
    if (plain.startsWith('[') && plain.endsWith(']')) {
      section = plain.slice(1, -1).trim();
      return [];
    }
    const at = plain.indexOf('=');
    const value = unquoted(plain.slice(at + 1).trim());
    return at > 0 ? [{ section, key: plain.slice(0, at).trim().toLowerCase(), value, line: number }] : [];
  });
}

export function iniCredentials(text: string): readonly Raw[] {
  return iniLines(text).flatMap(({ section, key, value, line }) =>
    isSecretPair(key, value)
      ? [{ line, name: section === '' ? key : `${section}.${key}`, label: key, forms: [value] }]
      : [],
  );
}

/** The vault is offered what `credential_process` must print. */
export function awsCredentials(text: string): readonly Raw[] {
  const all = iniLines(text);
  const values = new Map(all.map(({ section, key, value }) => [`${section}\n${key}`, value]));
  return all.flatMap(({ section, key, value, line }): readonly Raw[] => {
    const of = (wanted: string): string | undefined => values.get(`${section}\n${wanted}`);
    const [access, secret, session] = [of('aws_access_key_id'), of('aws_secret_access_key'), of('aws_session_token')];
    if (!isSecretValue(value) || !/^aws_(?:secret_access_key|session_token)$/.test(key)) {
      return [];
    }
    const label = key.includes('token') ? 'token' : 'key';
    if (access === undefined || secret === undefined) {
      return [{ line, name: section, label, forms: [value] }];
    }
    const whole = JSON.stringify({
      ...{ Version: 1, AccessKeyId: access, SecretAccessKey: secret },
      ...(session === undefined ? {} : { SessionToken: session }),
    });
    return [{ line, name: section, label, forms: [whole, value] }];
  });
}

export function githubCredentials(text: string): readonly Raw[] {
  let host = '';
  return lines(text).flatMap(({ text: line, number }) => {
    if (/^[^\s#]/.test(line) && line.trimEnd().endsWith(':')) {
      host = unquoted(line.trimEnd().slice(0, -1));
    }
    const at = line.indexOf('oauth_token:');
    const value = at === -1 ? '' : unquoted(line.slice(at + 'oauth_token:'.length).trim());
    return isSecretValue(value) ? [{ line: number, name: host, label: 'token', forms: [value] }] : [];
  });
}

/** The vault is offered what a credential helper of docker must print. */
export function dockerCredentials(text: string): readonly Raw[] | string {
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(text) as JsonValue;
  } catch {
    return 'It is no JSON, and was not taken apart.';
  }
  const auths = isJsonObject(parsed) ? parsed['auths'] : undefined;
  const entries = Object.entries(isJsonObject(auths) ? auths : {}).slice(0, maximumAuths);
  return entries.flatMap(([host, entry]) => {
    const of = (name: string): string => {
      const value = isJsonObject(entry) && Object.hasOwn(entry, name) ? entry[name] : '';
      return typeof value === 'string' ? value : '';
    };
    const [user = '', ...rest] = decoded(of('auth')).split(':');
    const secret = of('identitytoken') || of('registrytoken') || of('password') || rest.join(':');
    const name = of('identitytoken') === '' ? of('username') || user : '<token>';
    const whole = JSON.stringify({ ServerURL: host, Username: name, Secret: secret });
    const at = text.indexOf(JSON.stringify(host), Math.max(0, text.indexOf('"auths"')));
    const label = of('identitytoken') || of('registrytoken') ? 'token' : 'password';
    const others = [secret, of('auth')].filter((form) => form !== '');
    return secret === '' ? [] : [{ line: lineOf(text, at), name: host, label, forms: [whole, ...others] }];
  });
}

export function postgresCredentials(text: string): readonly Raw[] {
  return lines(text).flatMap(({ text: line, number }) => {
    const fields = line.replace(/^#\s*/, '').match(/(?:\\.|[^:\\])+|:/g) ?? [];
    const values = fields.filter((field) => field !== ':');
    const password = (values[4] ?? '').replace(/\\(.)/g, '$1');
    const isEntry = values.length === 5 && fields.length === 9 && isSecretValue(password);
    return isEntry ? [{ line: number, name: values[0] ?? '', label: 'password', forms: [password] }] : [];
  });
}

export function gitCredentials(text: string): readonly Raw[] {
  return lines(text).flatMap(({ text: line, number }) => {
    const [, user = '', coded = '', host = ''] = /^\w+:\/\/([^:@/\s]*):?([^@/\s]*)@([^/\s]+)/.exec(line) ?? [];
    const password = percentDecoded(coded === '' ? user : coded);
    return isSecretValue(password) ? [{ line: number, name: host, label: 'password', forms: [password] }] : [];
  });
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
  }
  return line;
}

function lines(text: string): readonly { readonly text: string; readonly number: number }[] {
  return text.split(/\r\n|\n|\r/).map((line, index) => ({ text: line, number: index + 1 }));
}

function unquoted(text: string): string {
  const quote = text[0] ?? '';
  const isQuoted = text.length > 1 && /["']/.test(quote) && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text;
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
