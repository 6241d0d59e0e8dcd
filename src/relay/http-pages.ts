import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChunkCounts } from './chunks/channel.ts';
import type { RelayStats } from './stats.ts';

/** The one page that a relay answers to everybody. */
export function answerHealth(request: IncomingMessage, response: ServerResponse): void {
  answer(request, response, '/healthz', 'this is a SourceSync relay: connect with a WebSocket\n', () => ({
    type: 'application/json',
    body: '{"status":"ok"}\n',
  }));
}

/** The page of a listener of its own, for the operator; nothing in it names a device or a scope. */
export function answerMetrics(request: IncomingMessage, response: ServerResponse, stats: () => RelayStats): void {
  answer(request, response, '/metrics', 'only /metrics is answered here\n', () => ({
    type: 'text/plain; version=0.0.4',
    body: metricsText(stats()),
  }));
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  elsewhere: string,
  page: () => { readonly type: string; readonly body: string },
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, 405, 'text/plain', 'only GET is answered here\n');
  }
  if ((request.url ?? '').split('?', 1)[0] !== path) {
    return send(response, 404, 'text/plain', elsewhere);
  }
  const { type, body } = page();
  send(response, 200, type, body);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', connection: 'close' }).end(body);
}

function metricsText(stats: RelayStats): string {
  const lines = [
    metric('connections', 'gauge', 'Open connections', stats.connections),
    metric('strangers', 'gauge', 'Connections that have not authenticated', stats.strangers),
    metric('waiting', 'gauge', 'Connections that wait to be let in', stats.waiting),
    metric('stranger_bytes', 'gauge', 'Bytes of incomplete messages of who is no member', stats.strangerBytes),
    metric('pairing_mailboxes', 'gauge', 'Pairing mailboxes in memory', stats.pairingMailboxes),
    metric('batches_total', 'counter', 'Batches stored', stats.batches),
    metric('batch_bytes_total', 'counter', 'Bytes of batches stored', stats.batchBytes),
    metric('entries_total', 'counter', 'Membership entries stored', stats.entries),
    metric('turns_total', 'counter', 'Group commits and other turns', stats.turns),
    metric('cut_total', 'counter', 'Connections ended by the relay', stats.cut),
    metric('store_failures_total', 'counter', 'Turns that the store could not keep', stats.storeFailures),
  ];
  return [...lines, ...(stats.chunks === undefined ? [] : chunkLines(stats.chunks))].join('');
}

function chunkLines(chunks: ChunkCounts): readonly string[] {
  return [
    metric('chunk_connections', 'gauge', 'Open connections for large files', chunks.connections),
    metric('chunks_total', 'counter', 'Chunks of large files that were brought', chunks.brought),
    metric('chunk_bytes_total', 'counter', 'Bytes of chunks that were brought', chunks.broughtBytes),
    metric('chunks_served_total', 'counter', 'Chunks that were handed out', chunks.served),
    metric('chunk_failures_total', 'counter', 'Connections for which the disk of chunks failed', chunks.failures),
  ];
}

function metric(name: string, kind: string, help: string, value: number): string {
  const full = `sourcesync_relay_${name}`;
  return `# HELP ${full} ${help}.\n# TYPE ${full} ${kind}\n${full} ${value}\n`;
}
