import type { JsonValue } from '../../../src/base/json.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';

/** What of an address a person should know before something is sent there. */
export function addressWarnings(address: JsonValue | undefined): readonly string[] {
  if (typeof address !== 'string') {
    return [];
  }
  if (!URL.canParse(address)) {
    return [`${textOf(address)} is put together when it is used`];
  }
  const { protocol, hostname, username, password, port } = new URL(address);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return [
    ...(protocol === 'https:' || isLoopback ? [] : [`${textOf(protocol)} is not encrypted`]),
    ...(username + password === '' ? [] : ['a name or password stands in the address']),
    ...(/(^|\.)xn--/.test(hostname) ? [`${textOf(hostname)} is written with letters of other alphabets`] : []),
    ...(/^[\d.]+$|^\[/.test(hostname) && !isLoopback ? [`${textOf(hostname)} is a number and no name`] : []),
    ...(port === '' || isLoopback ? [] : [`it asks at port ${port}`]),
  ];
}
