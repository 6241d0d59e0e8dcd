import type { IncomingHttpHeaders } from 'node:http';

/** What the daemon answers to, of the protocols that a WebSocket offers. */
export const liveSubprotocol = 'sourcesync';
const tokenSubprotocol = 'sourcesync.bearer.';

/**
 * The token that a request carries, by the header `Authorization: Bearer`, or for a WebSocket of a web page, which can
 * set no headers, as the offered protocol `sourcesync.bearer.TOKEN`. That one is never chosen, so it is in no answer.
 */
export function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization !== undefined) {
    const [scheme, token] = headers.authorization.split(' ');
    return scheme === 'Bearer' ? token : undefined;
  }
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return undefined;
  }
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(tokenSubprotocol))?.slice(tokenSubprotocol.length);
}
