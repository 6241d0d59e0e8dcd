import { looksOf } from '../../../src/base/look-alike.ts';
import { parseUrl } from '../../../src/base/url.ts';

/** Where something goes: this machine, an address of the network that it is in, or anywhere else. */
export type Reach = 'local' | 'lan' | 'remote';

/**
 * Where an endpoint leads, by how it is written and by nothing else. Near is only what every reader of addresses takes
 * for the same: odd spellings of an address, names that a resolver may answer as it likes, and references to what is set
 * elsewhere are remote.
 */
export function reachOf(endpoint: string): Reach {
  if (isSocket(endpoint)) {
    return 'local';
  }
  const [, host = ''] = plainAddress.exec(endpoint) ?? [];
  if (host.startsWith('[')) {
    return reachOfSix(host);
  }
  const name = host.toLowerCase();
  return name === 'localhost' ? 'local' : reachOfFour(name);
}

/** No user, no query, no fragment, no escape before the path: there is one way to read it. */
const plainAddress = /^(?:(?:https?|wss?):\/\/)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/(?!\/)[\w.~/+-]*)?$/i;

function isSocket(endpoint: string): boolean {
  return (
    /^(?:unix:(?:\/\/)?)?\/(?!\/)[\w./-]+\.sock$/.test(endpoint) ||
    /^(?:https?\+unix):\/\/%2[Ff][\w.%-]+(?:\/[\w./-]*)?$/.test(endpoint)
  );
}

function reachOfFour(name: string): Reach {
  const parts = name.split('.');
  const isPlain = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  if (!isPlain) {
    return 'remote';
  }
  const [first = 0, second = 0] = parts.map(Number);
  const isPrivate =
    first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
  return first === 127 ? 'local' : isPrivate ? 'lan' : 'remote';
}

function reachOfSix(host: string): Reach {
  const plain = parseUrl(`http://${host}/`)?.hostname ?? '';
  return plain === '[::1]' ? 'local' : /^\[f[cd][0-9a-f]{2}:/.test(plain) ? 'lan' : 'remote';
}

const longestName = 500;

/** True for a model of Ollama that runs in its cloud, though it is asked for on this machine. */
export function runsInCloud(model: string): boolean {
  return model.length < longestName && /(^|[:.-])cloud$/.test(looksOf(model).trim());
}

/** What is further away of two. */
export function furthest(reaches: readonly Reach[]): Reach | undefined {
  return (['remote', 'lan', 'local'] as const).find((reach) => reaches.includes(reach));
}
