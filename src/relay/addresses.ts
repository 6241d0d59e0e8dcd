import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { originOf } from '../sync/wire/authenticate.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const loopbackHosts: readonly string[] = ['127.0.0.1', 'localhost', '::1'];
const wildcardHosts: readonly string[] = ['0.0.0.0', '::', ''];

/** `scheme://host:port` of an address, IPv6 in brackets. */
export function urlOf(scheme: 'ws' | 'wss' | 'http', { host, port }: ListenAddress): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return loopbackHosts.includes(host) || host.startsWith('127.');
}

/**
 * Under which names a relay that listens here may be dialled. A proxy's or a public name must be given: were the name
 * taken from the request, a challenge could be passed on from elsewhere.
 */
export function originsOf(
  scheme: 'ws' | 'wss',
  listen: ListenAddress,
  publicUrls: readonly string[],
): readonly string[] {
  const { host, port } = listen;
  const hosts = new Set([host]);
  if (isLoopback(host) || wildcardHosts.includes(host)) {
    loopbackHosts.forEach((name) => hosts.add(name));
  }
  if (wildcardHosts.includes(host)) {
    Object.values(networkInterfaces()).forEach((list) => list?.forEach(({ address }) => hosts.add(address)));
  }
  const urls = [
    ...publicUrls,
    ...[...hosts].filter((name) => name !== '').map((name) => urlOf(scheme, { host: name, port })),
  ];
  return urls.map(originOf).filter((origin) => origin !== undefined);
}

/**
 * Whom an address is counted as: an IPv4 address as itself, also where it is written as IPv6; an IPv6 address as its /64,
 * of which one host has every address. Undefined for what is no address.
 */
export function neighbourhoodOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) {
    return plain;
  }
  if (!isIPv6(plain)) {
    return undefined;
  }
  const [before = '', after] = plain.split('::', 2);
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
  return `${groups.slice(0, 4).join(':')}::/64`;
}
