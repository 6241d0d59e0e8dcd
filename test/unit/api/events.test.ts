import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type ApiSetup, keptEvents, permitted, setupApi } from './setup-api.ts';

/** Opens the stream, lets something happen, and answers the text that came. */
async function listen(
  { api }: ApiSetup,
  lastEventId: string | undefined,
  happen: () => void,
  enough: (text: string) => boolean,
): Promise<string> {
  const headers = { ...permitted, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const answer: LightMyRequestResponse = await api.inject({
    method: 'GET',
    url: '/v1/events',
    headers,
    payloadAsStream: true,
  });
  expect(answer.headers['content-type']).toBe('text/event-stream');
  happen();
  const stream = answer.stream();
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (enough(text)) {
      break;
    }
  }
  return text;
}

const idsIn = (text: string): readonly number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

function tell({ events }: ApiSetup, times: number): void {
  for (let count = 0; count < times; count += 1) {
    events.add({ type: 'record.changed', data: { collection: 'shell', id: `r${count}` } });
  }
}

describe('the event stream', () => {
  it('tells what happens from now on, with consecutive ids', async () => {
    const setup = setupApi();
    tell(setup, 2);
    const text = await listen(
      setup,
      undefined,
      () => tell(setup, 2),
      (got) => idsIn(got).length === 2,
    );
    expect(idsIn(text)).toEqual([3, 4]);
    expect(text).toContain(
      'event: record.changed\ndata: {"at":"2026-01-01T00:00:00.000Z","collection":"shell","id":"r0"}\n\n',
    );
    expect(text).not.toContain('event: gap');
  });

  it('resumes after Last-Event-ID without a gap', async () => {
    const setup = setupApi();
    tell(setup, 5);
    const text = await listen(
      setup,
      '2',
      () => tell(setup, 1),
      (got) => idsIn(got).length === 4,
    );
    expect(idsIn(text)).toEqual([3, 4, 5, 6]);
    expect(text).not.toContain('event: gap');
  });

  it('tells of a gap when what follows is no longer kept', async () => {
    const setup = setupApi();
    tell(setup, keptEvents + 5);
    const text = await listen(
      setup,
      '2',
      () => {},
      (got) => idsIn(got).length === keptEvents,
    );
    expect(text).toContain('event: gap\ndata: {"after":2}\n\n');
    expect(idsIn(text)[0]).toBe(6);
  });

  it('tells of a gap to a reader of an earlier life of the daemon', async () => {
    const setup = setupApi();
    const text = await listen(
      setup,
      '900',
      () => tell(setup, 1),
      (got) => idsIn(got).length === 1,
    );
    expect(text).toContain('event: gap');
  });

  it('takes a Last-Event-ID that is no number for none', async () => {
    const setup = setupApi();
    tell(setup, 2);
    const text = await listen(
      setup,
      'x',
      () => tell(setup, 1),
      (got) => idsIn(got).length === 1,
    );
    expect(idsIn(text)).toEqual([3]);
  });

  it('is refused without a token', async () => {
    const { api } = setupApi();
    const answer = await api.inject({ method: 'GET', url: '/v1/events', headers: { host: 'localhost' } });
    expect(answer.statusCode).toBe(401);
  });
});
