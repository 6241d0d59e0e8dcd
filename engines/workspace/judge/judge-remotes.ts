import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { textOf as lineOf } from '../../../src/merge/values/engine-words.ts';
import { type RemoteAddress, remoteAddress, sameRepository } from '../places/remote-address.ts';

/** In words why other remotes are not known to be harmless; undefined where they are. */
export function whyRemotes(
  before: JsonValue | undefined,
  next: JsonValue | undefined,
  isNew: boolean,
): string | undefined {
  if (next === undefined) {
    return undefined;
  }
  if (!isJsonObject(next)) {
    return `its remotes are no list of addresses by name: ${textOf(next)}`;
  }
  const was = isJsonObject(before) ? before : undefined;
  const known = Object.values(was ?? {}).flatMap((value) => addressIn(value) ?? []);
  const words = Object.entries(next).flatMap(([name, value]) => {
    const old = was !== undefined && Object.hasOwn(was, name) ? was[name] : undefined;
    return old === value ? [] : (whyRemote({ name, value, old, known, isNew }) ?? []);
  });
  return words.length === 0 ? undefined : words.join('; ');
}

interface JudgedRemote {
  readonly name: string;
  readonly value: JsonValue;
  readonly old: JsonValue | undefined;
  /** Where the repository was fetched from so far. */
  readonly known: readonly RemoteAddress[];
  /** The repository was not known. */
  readonly isNew: boolean;
}

function whyRemote({ name, value, old, known, isNew }: JudgedRemote): string | undefined {
  const address = addressIn(value);
  if (!/^[\w][\w./-]{0,80}$/.test(name)) {
    return `a remote has an odd name: ${textOf(name)}`;
  }
  if (address === undefined) {
    return `${name} is no address that another machine can have: ${textOf(value)}`;
  }
  const odd = whyAddress(address, String(value));
  if (odd !== undefined) {
    return `${name} ${odd}: ${textOf(address.hasCredentials ? address.text : value)}`;
  }
  const before = addressIn(old);
  if (isNew || known.some((one) => sameRepository(one, address))) {
    return undefined;
  }
  const change = `${textOf(before?.text ?? 'nothing')} → ${textOf(address.text)}`;
  if (before === undefined) {
    return old === undefined && known.some(({ host }) => host === address.host)
      ? undefined
      : `another remote, ${name}, leads elsewhere: ${change}`;
  }
  return before.host === address.host
    ? `${name} leads to another repository of its host: ${change}`
    : `${name} leads to another host: ${change}`;
}

/** Known to be harmless is a host by its name, over what is encrypted and tells one host from another. */
function whyAddress(address: RemoteAddress, written: string): string | undefined {
  const { transport, host, path, hasCredentials } = address;
  if (transport.endsWith('::')) {
    return `runs a program of git's (${textOf(transport)})`;
  }
  if (transport !== 'https' && transport !== 'ssh') {
    return `is not encrypted on its way, or nobody knows how it is (${textOf(transport)}:)`;
  }
  if (hasCredentials) {
    return 'carries a name or a password';
  }
  if (/^[\d.]+(:|$)|^\[|:\d+$/.test(host)) {
    return 'names a machine by its number, or a port';
  }
  if (!/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) || /(^|\.)xn--/.test(host)) {
    return 'names a host that may not be what it looks like';
  }
  return /^-|\/-|\.\.(\/|$)|[^\w./~+@-]/.test(path) || /[?#\\%]/.test(written) ? 'has an odd path' : undefined;
}

function addressIn(value: JsonValue | undefined): RemoteAddress | undefined {
  return typeof value === 'string' ? remoteAddress(value) : undefined;
}

/** Whoever made it may have made it as long as they liked. */
function textOf(value: JsonValue): string {
  return lineOf(typeof value === 'string' ? value.slice(0, 200).toWellFormed() : value);
}
