import { createHash } from 'node:crypto';
import type { Store } from '../../src/store/ground/port.ts';

/** A way in which a secret may be written down: its name, and the texts of which one gives it away. */
export type Form = readonly [name: string, texts: readonly string[]];

/** Every form of a secret that is looked for; ASCII texts, so that they stand in any file read as latin-1. */
export function formsOf(secret: string): readonly Form[] {
  const bytes = Buffer.from(secret, 'utf8');
  const lines = secret.split('\n').filter((line) => line.length >= 20);
  const escaped = JSON.stringify(secret).slice(1, -1);
  const digest = createHash('sha256').update(bytes);
  const sum = digest.digest();
  return [
    ['utf-8', [secret, ...lines]],
    ['utf-16', [Buffer.from(secret, 'utf16le').toString('latin1')]],
    ['JSON', [escaped, JSON.stringify(escaped).slice(1, -1)]],
    ['percent', [encodeURIComponent(secret)]],
    ['hex', [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]],
    ['base64', [0, 1, 2].map((offset) => base64At(bytes, offset, 'base64'))],
    ['base64url', [0, 1, 2].map((offset) => base64At(bytes, offset, 'base64url'))],
    ['hash', [sum.toString('hex'), sum.toString('base64url'), sum.toString('base64').replace(/=+$/, '')]],
  ];
}

/** Names of the forms in which a secret stands in a text; bytes are given as latin-1. */
export function sightings(haystack: string, secret: string): readonly string[] {
  return formsOf(secret).flatMap(([name, texts]) => (texts.some((text) => haystack.includes(text)) ? [name] : []));
}

/** Where a secret stands among several texts, each with its name: `audit: hex`. */
export function sightingsIn(places: ReadonlyMap<string, string>, secret: string): readonly string[] {
  return [...places].flatMap(([place, text]) => sightings(text, secret).map((form) => `${place}: ${form}`));
}

/** Everything that is written to a store in the clear, but for the vault, as one growing text. */
export interface StoreTap {
  wrap(store: Store): Store;
  text(): string;
}

const isQuestion = /^(get|list|read|head|count|after|openOf|acknowledged|collected$|has)/;

export function tapStore(): StoreTap {
  const written: string[] = [];

  function tapped<T extends object>(target: T): T {
    const members = Object.entries(target).map(([name, member]: [string, unknown]): [string, unknown] => {
      if (typeof member === 'object' && member !== null) {
        return [name, name === 'vault' ? member : tapped(member)];
      }
      return [
        name,
        typeof member !== 'function'
          ? member
          : (...values: unknown[]): unknown => {
              if (!isQuestion.test(name)) {
                written.push(textOf(values));
              }
              return (member as (...values: unknown[]) => unknown)(...values);
            },
      ];
    });
    return Object.fromEntries(members) as T;
  }

  return { wrap: tapped, text: () => written.join('\n') };
}

/** Any value as text: bytes as latin-1 and what is nested in it. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('latin1');
  }
  if (value instanceof Map || value instanceof Set) {
    return textOf([...value]);
  }
  if (value instanceof Error) {
    return `${value.stack ?? value.message} ${textOf(value.cause)}`;
  }
  if (Array.isArray(value)) {
    return value.map(textOf).join('\n');
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, member]) => `${name}\n${textOf(member)}`)
        .join('\n')
    : String(value);
}

/** What of a base64 text depends on these bytes alone, when so many other bytes stand before them. */
function base64At(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(encoding);
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
