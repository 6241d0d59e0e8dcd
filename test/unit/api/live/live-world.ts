import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import { routeUpgrade } from '../../../../src/api/answers/upgrade.ts';
import { type YEditor, type YEditorOptions, openYEditor } from '../../../helpers/y-editor.ts';
import { type ApiSetup, setupApi, token } from '../setup-api.ts';

export const note = { kind: 'note', text: 'ab' };

export const pad = ['presence', 'pad'] as const;

export const cleanups: (() => Promise<void> | void)[] = [];

/** Ends what the test before has opened. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
}

export interface Served extends ApiSetup {
  /** Of its HTTP server, over loopback. */
  readonly port: number;
  readonly server: string;
  edit(options?: Partial<YEditorOptions>): YEditor;
  stop(): Promise<void>;
}

/** The API behind a real server, with one note. */
export async function serve(change?: Parameters<typeof setupApi>[0]): Promise<Served> {
  const setup = setupApi(change);
  setup.a.onEvent = (event) => {
    setup.events.add(event);
  };
  setup.a.put(pad, note);
  await setup.api.ready();
  const server = createServer((request, response) => {
    setup.api.routing(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    routeUpgrade(setup.api, request, { socket: socket as Socket, head });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const address = `ws://localhost:${port}/v1/collections/presence/records`;
  const stop = async (): Promise<void> => {
    if (!server.listening) {
      return;
    }
    await setup.api.close();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  cleanups.push(stop);
  return {
    ...{ ...setup, port, stop, server: address },
    edit(options = {}) {
      const headers = { authorization: `Bearer ${token}` };
      const editor = openYEditor({ server: address, record: 'pad', headers, ...options });
      cleanups.push(() => {
        editor.close();
      });
      return editor;
    },
  };
}

/** The HTTP status with which a WebSocket was refused. */
export async function refused(url: string, headers: Record<string, string>, protocols: string[] = []): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { headers });
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once('open', () => {
      socket.terminate();
      reject(new Error('the connection was let in'));
    });
    socket.once('error', reject);
  });
}
