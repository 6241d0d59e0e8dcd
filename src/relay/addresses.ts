import { networkInterfaces } from 'node:os';
import { originOf } from '../sync/authenticate.ts';

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
