import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps, NumberedEvent } from '../../ports/port.ts';

const maximumBufferedBytes = 1024 * 1024;

/** Server-sent events with consecutive ids; Last-Event-ID resumes, and a gap is told as an event of its own. */
export function eventRoutes(api: FastifyInstance, { events }: Pick<ApiDeps, 'events'>): void {
  const streams = new Set<ServerResponse>();
  // A stream has no end of its own: it ends with the API, so that its reader learns of it and comes back.
  api.addHook('onClose', async () => {
    for (const stream of streams) {
      stream.end();
    }
  });

  api.get('/v1/events', (request, reply) => {
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const lastSeen = Number(request.headers['last-event-id'] ?? Number.NaN);
    const missed = Number.isSafeInteger(lastSeen) ? events.since(lastSeen) : { events: [], gap: false };
    raw.write(': connected\n\n');
    if (missed.gap) {
      raw.write(`event: gap\ndata: ${JSON.stringify({ after: lastSeen })}\n\n`);
    }
    for (const event of missed.events) {
      raw.write(eventText(event));
    }
    const unsubscribe = events.subscribe((event) => {
      // A reader that stopped reading is let go; it resumes by id and is told of a gap.
      if (raw.writableLength > maximumBufferedBytes) {
        raw.destroy();
        return;
      }
      raw.write(eventText(event));
    });
    streams.add(raw);
    raw.once('close', () => {
      streams.delete(raw);
      unsubscribe();
    });
  });
}

function eventText({ id, type, at, data }: NumberedEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ at, ...data })}\n\n`;
}
