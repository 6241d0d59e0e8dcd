import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RelayStats } from './serve.ts';

/** The two pages a relay answers without a WebSocket; nothing in them names a device or a scope. */
export function answerPage(request: IncomingMessage, response: ServerResponse, stats: () => RelayStats): void {
  const path = (request.url ?? '').split('?', 1)[0];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead) {
    return send(response, 405, 'text/plain', 'only GET is answered here\n');
  }
  switch (path) {
    case '/healthz':
      return send(response, 200, 'application/json', '{"status":"ok"}\n');
    case '/metrics':
      return send(response, 200, 'text/plain; version=0.0.4', metricsText(stats()));
    default:
      return send(response, 404, 'text/plain', 'this is a SourceSync relay: connect with a WebSocket\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', connection: 'close' }).end(body);
}

function metricsText(stats: RelayStats): string {
  const lines = [
    metric('connections', 'gauge', 'Open connections', stats.connections),
    metric('strangers', 'gauge', 'Connections that have not authenticated', stats.strangers),
    metric('pairing_mailboxes', 'gauge', 'Pairing mailboxes in memory', stats.pairingMailboxes),
    metric('batches_total', 'counter', 'Batches stored', stats.batches),
    metric('batch_bytes_total', 'counter', 'Bytes of batches stored', stats.batchBytes),
    metric('entries_total', 'counter', 'Membership entries stored', stats.entries),
    metric('turns_total', 'counter', 'Group commits and other turns', stats.turns),
    metric('cut_total', 'counter', 'Connections ended by the relay', stats.cut),
    metric('store_failures_total', 'counter', 'Turns that the store could not keep', stats.storeFailures),
  ];
  return lines.join('');
}

function metric(name: string, kind: string, help: string, value: number): string {
  const full = `sourcesync_relay_${name}`;
  return `# HELP ${full} ${help}.\n# TYPE ${full} ${kind}\n${full} ${value}\n`;
}
