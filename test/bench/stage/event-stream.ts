import { request } from 'node:http';
import type { Device } from './device.ts';

export interface StreamedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Listens to the events of a device; resolves once connected, with a function that ends it. */
export async function listenTo(device: Device, listener: (event: StreamedEvent) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const stream = request(
      {
        socketPath: device.socketPath,
        path: '/v1/events',
        agent: false,
        headers: { host: 'localhost', authorization: `Bearer ${device.token}` },
      },
      (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('error', () => undefined);
        response.on('data', (chunk: string) => {
          const blocks = (rest + chunk).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const event of blocks.map(parseBlock)) {
            if (event !== undefined) {
              listener(event);
            }
          }
        });
        resolve(() => {
          stream.destroy();
        });
      },
    );
    stream.on('error', reject);
    stream.end();
  });
}

function parseBlock(block: string): StreamedEvent | undefined {
  const type = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  return type === undefined || data === undefined
    ? undefined
    : { type, data: JSON.parse(data) as Record<string, unknown> };
}
