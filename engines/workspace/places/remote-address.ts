import { parseUrl } from '../../../src/base/url.ts';

/** Where a repository is fetched from, as every machine writes it alike. */
export interface RemoteAddress {
  /** Scheme in lower case; a helper of git (`ext::`) by its name with the colons. */
  readonly transport: string;
  /** In lower case, with its port; empty where there is none. */
  readonly host: string;
  /** Without slashes around it and without `.git`. */
  readonly path: string;
  /** Without credentials. */
  readonly text: string;
  /** Somebody who is named in it, other than the one that every user of a host is. */
  readonly hasCredentials: boolean;
}

/** Hosts that take an address with and without it. */
const takesBoth = /^(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|git\.sr\.ht)$/;
const longest = 2048;

/** Undefined for what is no address: a path of this machine, or what nobody can tell. */
export function remoteAddress(written: string): RemoteAddress | undefined {
  if (written.length > longest || /[\p{Cc}\s]/u.test(written)) {
    return undefined;
  }
  const helper = /^([A-Za-z0-9+.-]+)::/.exec(written)?.[1];
  if (helper !== undefined) {
    return { transport: `${helper.toLowerCase()}::`, host: '', path: '', text: written, hasCredentials: false };
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(written)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    return scheme === 'file' ? undefined : ofUrl(scheme, written.slice(scheme.length + 3));
  }
  // As ssh has it; a letter alone is a disk of Windows.
  const short = /^(?:([^@/:]+)@)?(\[[^\]/]+\]|[^/:@[\]]{2,}):(?!\/\/)(.+)$/.exec(written);
  const [, user, host, path] = short ?? [];
  return host === undefined || path === undefined || /[?#]/.test(path)
    ? undefined
    : ofUrl('ssh', `${user === undefined ? '' : `${encodeURIComponent(user)}@`}${host}/${path}`);
}

function ofUrl(scheme: string, rest: string): RemoteAddress | undefined {
  const transport = { 'git+ssh': 'ssh', 'ssh+git': 'ssh' }[scheme] ?? scheme;
  // Of every scheme as of https, which URL takes apart alike; a port that is usual there is none elsewhere.
  const written = /^([^/?#]*?)(?::(\d*))?(?=[/?#]|$)/.exec(rest);
  const parsed = parseUrl(`https://${written?.[1] ?? ''}${rest.slice(written?.[0].length ?? 0)}`);
  if (parsed === undefined || parsed.hostname === '' || parsed.port !== '') {
    return undefined;
  }
  const port = Number(written?.[2] ?? '') || usualPorts[transport];
  const host = parsed.hostname + (port === undefined || port === usualPorts[transport] ? '' : `:${port}`);
  const [whole, bare] = [
    parsed.pathname.replaceAll(/^\/+|\/+$/g, ''),
    parsed.pathname.replaceAll(/^\/+|(\.git)?\/*$/gi, ''),
  ];
  if (bare === '' || bare.startsWith('/')) {
    return undefined;
  }
  const user = parsed.password === '' ? parsed.username : `${parsed.username}:`;
  const isShared = transport === 'ssh' && user === 'git';
  return {
    ...{ transport, host, path: bare },
    text: `${transport}://${isShared ? 'git@' : ''}${host}/${takesBoth.test(host) ? bare : whole}`,
    hasCredentials: user !== '' && !isShared,
  };
}

const usualPorts: Readonly<Record<string, number>> = { https: 443, http: 80, ssh: 22, git: 9418 };

/** What two addresses of one repository have in common. */
export function sameRepository(left: RemoteAddress, right: RemoteAddress): boolean {
  return left.host !== '' && left.host === right.host && left.path === right.path;
}
