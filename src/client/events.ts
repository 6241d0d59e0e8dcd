import { type IncomingMessage, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProblemBody } from '../api/types/bodies.ts';
import type { EventBody } from '../api/types/events.ts';
import type { ClientOptions } from './call.ts';
import { createEventReader } from './event-reader.ts';

export interface FollowOptions {
  /** The id of the last event that was seen: the stream goes on behind it. What happens from now on, unless told. */
  readonly after?: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

export interface EventCalls {
  /**
   * What happens at the daemon, for as long as somebody listens. A daemon that is away or locked is asked again until it
   * is there, and goes on behind the last event; what cannot be had any more is told as a gap. Throws where the caller
   * is refused; the cause of that error is the problem document.
   */
  events(options?: FollowOptions): AsyncGenerator<EventBody, void, undefined>;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Of a caller that is let in no more: to ask again would not help. */
const refusals: ReadonlySet<number> = new Set([401, 403, 421]);

export function eventCalls(options: ClientOptions): EventCalls {
  return { events: (how = {}) => follow(options, how) };
}

async function* follow(
  options: ClientOptions,
  { after, signal }: FollowOptions,
): AsyncGenerator<EventBody, void, undefined> {
  let lastId = after ?? null;
  let wasHeard = false;
  let pauseMs = firstPauseMs;
  while (signal?.aborted !== true) {
    const response = await open(options, lastId, signal);
    if (response?.statusCode === 200) {
      if (wasHeard && lastId === null) {
        // Nobody can say what happened meanwhile: there is no id to go on behind.
        yield { id: null, type: 'gap', data: {} };
      }
      wasHeard = true;
      pauseMs = firstPauseMs;
      for await (const event of read(response)) {
        lastId = event.id ?? lastId;
        yield event;
      }
    } else if (response !== undefined) {
      await refuseOrGoOn(response);
    }
    await pause(pauseMs, undefined, { signal }).catch(() => {});
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** Undefined where nobody answers. */
async function open(
  { socketPath, token }: ClientOptions,
  lastId: number | null,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const request = httpRequest({
      ...{ socketPath, path: '/v1/events' },
      headers: {
        ...{ host: 'localhost', authorization: `Bearer ${token}` },
        ...(lastId === null ? {} : { 'last-event-id': String(lastId) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    request.on('response', resolve);
    request.on('error', () => {
      resolve(undefined);
    });
    request.end();
  });
}

async function* read(response: IncomingMessage): AsyncGenerator<EventBody, void, undefined> {
  const events = createEventReader();
  response.setEncoding('utf8');
  const chunks = response.iterator() as AsyncIterator<string>;
  try {
    for (;;) {
      // A connection that breaks is the end of this stream, and no fault of whoever listens.
      const chunk = await chunks.next().catch(() => ({ done: true, value: undefined }) as const);
      if (chunk.done === true) {
        return;
      }
      yield* events(chunk.value);
    }
  } finally {
    response.destroy();
  }
}

async function refuseOrGoOn(response: IncomingMessage): Promise<void> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += String(chunk);
  }
  if (refusals.has(response.statusCode ?? 0)) {
    const problem = JSON.parse(text) as ProblemBody;
    throw new Error(problem.detail, { cause: problem });
  }
}
