import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

/** An editor as anybody would write one: an ordinary provider of Yjs, here without a browser around it. */
export interface YEditor {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** The text of a note. */
  text(): Y.Text;
  /** Resolves once it holds; looked at whenever the document or somebody's presence changes. */
  when(holds: () => boolean): Promise<void>;
  /** Resolves once both sides have what the other had. */
  synced(): Promise<void>;
  /** Code and reason with which the connection was ended next. */
  closed(): Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export interface YEditorOptions {
  /** Up to and with `records`. */
  readonly server: string;
  readonly record: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: string[];
  readonly doc?: Y.Doc;
}

export function openYEditor({
  server,
  record,
  headers = {},
  protocols = [],
  doc = new Y.Doc(),
}: YEditorOptions): YEditor {
  // The class that a program hands to the provider, because a browser's has no headers.
  class SocketWithHeaders extends WebSocket {
    constructor(address: string, offered: string[]) {
      super(address, offered, { headers });
    }
  }
  const provider = new WebsocketProvider(server, `${record}/live`, doc, {
    protocols,
    // Its type asks for the class of browsers.
    WebSocketPolyfill: SocketWithHeaders as never,
    // Editors of one test process are not windows of one browser.
    disableBc: true,
  });
  const when = async (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (holds()) {
          doc.off('update', look);
          provider.awareness.off('change', look);
          provider.off('status', look);
          provider.off('sync', look);
          resolve();
        }
      };
      doc.on('update', look);
      provider.awareness.on('change', look);
      provider.on('status', look);
      provider.on('sync', look);
      look();
    });
  return {
    ...{ doc, provider, when },
    text: () => (doc.getMap('fields') as Y.Map<Y.Text>).get('text') as Y.Text,
    synced: async () => when(() => provider.synced),
    closed: async () =>
      new Promise((resolve) => {
        provider.once('connection-close', (event) => {
          const { code, reason } = event as { code: number; reason: string };
          resolve({ code, reason });
        });
      }),
    close() {
      provider.destroy();
      doc.destroy();
    },
  };
}
