import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Editor, closeCodes, createEditor } from '../../../../src/api/live/editor.ts';
import { maximumUpdateBytes } from '../../../../src/merge/crdt/crdt-update.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) {
    cleanup();
  }
});

/** Both ends of one connection. */
async function connected(options = {}): Promise<{ editor: Editor; near: WebSocket; far: WebSocket }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  const [[near]] = (await Promise.all([once(server, 'connection'), once(far, 'open')])) as [[WebSocket], unknown];
  cleanups.push(() => {
    far.terminate();
    server.close();
  });
  return { editor: createEditor(near), near, far };
}

const update = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes);

describe('the connection of an editor', () => {
  it('LC5 one that does not read is sent away, and what it lacks is not kept', async () => {
    const { editor, near, far } = await connected();
    far.pause();
    const gone = once(near, 'close');
    for (let sent = 0; sent < 40 && near.readyState === WebSocket.OPEN; sent++) {
      editor.send(update(1024 * 1024));
    }
    expect(near.readyState).toBe(WebSocket.CLOSING);
    await gone;
    editor.send(update(1));
  });

  it('LC5 says why, as far as a close frame has room', async () => {
    const { editor, far } = await connected();
    const closed = once(far, 'close');
    editor.close(closeCodes.malformed, 'ä'.repeat(200));
    const [code, reason] = (await closed) as [number, Buffer];
    expect(code).toBe(4400);
    expect(reason.toString('utf8')).toBe('ä'.repeat(60));
  });

  it('LC3 is not read while too much of it waits, and read again after that', async () => {
    const { editor, near } = await connected();
    for (let count = 0; count < 2000; count++) {
      editor.put(update(10));
    }
    expect(near.isPaused).toBe(false);
    editor.put(update(10));
    expect(near.isPaused).toBe(true);
    expect(editor.takeWaiting()).toHaveLength(1000);
    expect(near.isPaused).toBe(false);
    expect(editor.takeWaiting()).toHaveLength(1000);
    expect(editor.takeWaiting()).toHaveLength(1);
    expect(editor.hasWaiting).toBe(false);
    editor.put(update(600 * 1024));
    expect(near.isPaused).toBe(true);
  });

  it('LC3 takes as much as fits one update, and a large one alone', async () => {
    const { editor } = await connected();
    editor.put(update(maximumUpdateBytes));
    editor.put(update(10));
    editor.put(update(maximumUpdateBytes - 10));
    editor.put(update(1));
    expect([1, 2, 3].map(() => editor.takeWaiting().map(({ length }) => length))).toEqual([
      [maximumUpdateBytes],
      [10, maximumUpdateBytes - 10],
      [1],
    ]);
  });

  it('LC7 one that gives no sign of life is ended', async () => {
    const silent = await connected({ autoPong: false });
    const alive = await connected();
    const gone = once(silent.near, 'close');
    const answered = once(alive.near, 'pong');
    silent.editor.probe();
    alive.editor.probe();
    await answered;
    silent.editor.probe();
    alive.editor.probe();
    await gone;
    expect(alive.near.readyState).toBe(WebSocket.OPEN);
  });
});
