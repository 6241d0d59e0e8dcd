import { domainToUnicode } from 'node:url';
import { looksOf } from '../../../src/base/look-alike.ts';
import { parseUrl } from '../../../src/base/url.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { decodedTwice, longestAddress, whySecret } from '../places/private-address.ts';
import { whyHidden } from './hidden-text.ts';
import { imitatedWord } from './imitated-word.ts';

/** Pages that a browser makes itself, and that set nothing. */
const harmlessPages = /^about:(blank|home|newtab|logo|license|credits|rights|mozilla|robots)$/;

export interface JudgedAddress {
  readonly title: string;
  readonly url: string;
  /** What it led to so far; undefined for a new one. */
  readonly before: string | undefined;
}

/** In words why it is not known to be harmless to have this address saved; undefined where it is. */
export function whyAddress(judged: JudgedAddress): string | undefined {
  const { url } = judged;
  if (url.length > longestAddress) {
    return `it is too long for an address: ${textOf(url.slice(0, longestAddress))}`;
  }
  const hidden = whyHidden(url) ?? (/\s/.test(url) ? 'it holds white space' : undefined);
  if (harmlessPages.test(url)) {
    return undefined;
  }
  const parsed = parseUrl(url);
  const scheme = schemeOf(url) ?? schemeOf(parsed?.href ?? '');
  if (scheme !== 'https') {
    return whyScheme(scheme, url);
  }
  if (hidden !== undefined || parsed === undefined) {
    return `${hidden ?? 'it is no address'}: ${textOf(url)}`;
  }
  return whySecret(url) ?? whyHost(parsed, judged) ?? whyOnward(url);
}

/** As whoever opens it would find it: without what is dropped, whatever its case, also where it is percent-coded. */
function schemeOf(url: string): string | undefined {
  const plain = decodedTwice(url).replaceAll(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
  return /^([a-z][a-z0-9+.-]*):/i.exec(plain)?.[1]?.toLowerCase();
}

function whyScheme(scheme: string | undefined, url: string): string {
  const shown = textOf(url);
  switch (scheme) {
    case undefined:
      return `it is no address: ${shown}`;
    case 'http':
      return `it is not encrypted on its way: ${shown}`;
    case 'javascript':
    case 'vbscript':
      return `it runs a script in the page that is open: ${shown}`;
    case 'data':
    case 'blob':
      return `it is a page in itself, and may run scripts: ${shown}`;
    case 'file':
    case 'filesystem':
      return `it opens a file of this machine: ${shown}`;
    case 'about':
    case 'chrome':
    case 'edge':
    case 'brave':
    case 'vivaldi':
    case 'opera':
      return `it opens what the browser is set by: ${shown}`;
    case 'chrome-extension':
    case 'moz-extension':
      return `it opens a page of an extension: ${shown}`;
    default:
      return `it may start another program (${textOf(scheme)}:): ${shown}`;
  }
}

function whyHost(parsed: URL, { title, url, before }: JudgedAddress): string | undefined {
  const was = before === undefined ? undefined : parseUrl(before);
  const { host, hostname, port } = parsed;
  const written = /^https:\/\/([^/?#\\]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (written !== host && written !== `${host}:443` && written !== unicodeHost(parsed)) {
    return `its host is not written as what it is (${textOf(host)}): ${textOf(url)}`;
  }
  if (was !== undefined && withoutWww(was.host) !== withoutWww(host)) {
    const alike = looksOf(was.hostname) === looksOf(domainToUnicode(hostname)) ? ', which looks like it' : '';
    return `the same bookmark leads to another host${alike}: ${textOf(was.host || was.protocol)} → ${textOf(host)}`;
  }
  if (was !== undefined && was.protocol === 'https:') {
    return imitatedIn(title, hostname);
  }
  if (port !== '') {
    return `it names a port: ${textOf(host)}`;
  }
  return whyNetwork(hostname) ?? whyLetters(hostname) ?? imitatedIn(title, hostname);
}

function imitatedIn(title: string, hostname: string): string | undefined {
  const word = imitatedWord(title, domainToUnicode(hostname));
  return word && `its title says ${textOf(word)}, and its host only looks like it: ${textOf(hostname)}`;
}

const namesOfNumbers = /(^|\.)(nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me)$/;
const ownNetwork =
  /(^|\.)(local|localhost|localdomain|lan|internal|intranet|home|corp|private|arpa|test|invalid|onion)$/;

function whyNetwork(hostname: string): string | undefined {
  if (/^[\d.]+$|^\[/.test(hostname) || namesOfNumbers.test(hostname)) {
    return `it names a machine by its number: ${textOf(hostname)}`;
  }
  const isPublic = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(hostname) && !ownNetwork.test(hostname);
  return isPublic ? undefined : `it names a machine of the network that a computer is in: ${textOf(hostname)}`;
}

/** A name of another alphabet that could be taken for one of Latin letters. */
function whyLetters(hostname: string): string | undefined {
  const coded = hostname.split('.').find((label) => {
    const shown = domainToUnicode(label);
    return label.startsWith('xn--') && (shown === '' || /[a-z]/.test(looksOf(shown)));
  });
  return coded && `its host looks like ${textOf(looksOf(domainToUnicode(coded)))} and is another: ${textOf(hostname)}`;
}

/** Another address in it: to where a page sends on whoever opens it. */
function whyOnward(url: string): string | undefined {
  const rest = decodedTwice(url.slice(url.search(/[?#]/) < 0 ? url.length : url.search(/[?#]/)));
  const onward = /[?#&=;](\s*(?:[a-z][a-z0-9+.-]{1,20}:|[/\\]{2})\S+)/i.exec(rest)?.[1];
  return onward !== undefined && /^\s*([a-z][a-z0-9+.-]*:[/\\]|[/\\]{2}|javascript:|data:|file:)/i.test(onward)
    ? `it may lead on to another address: ${textOf(onward)}`
    : undefined;
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '');
}

function unicodeHost({ hostname, port }: URL): string {
  return domainToUnicode(hostname) + (port === '' ? '' : `:${port}`);
}
