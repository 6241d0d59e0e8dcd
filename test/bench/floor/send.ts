import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sampleRecords } from '../records.ts';
import { floorKeys, openFloorStore, recordsPerBatch, sealRecords } from './store.ts';

/** `node send.js DATABASE COUNT URL`: seals and inserts the records, then sends the same bytes; prints both times. */
const [path = '', count = '0', url = ''] = process.argv.slice(2);
const keys = floorKeys();
const records = sampleRecords(Number(count));
const store = openFloorStore(path);
const socket = new WebSocket(url, { perMessageDeflate: false });
await once(socket, 'open');

const batches: Uint8Array[] = [];
const startedMs = performance.now();
for (let first = 0; first < records.length; first += recordsPerBatch) {
  const some = records.slice(first, first + recordsPerBatch);
  const { batch, bodies } = sealRecords(keys, some);
  batches.push(batch);
  store.insert(
    batches.length,
    batch,
    some.map(({ id }, index) => ({ id, body: bodies[index] as Uint8Array })),
  );
}
const writtenMs = performance.now();
const isDurable = new Promise<void>((resolve) => {
  socket.on('message', (received: Buffer) => {
    if (received.toString() === count) {
      resolve();
    }
  });
});
for (const batch of batches) {
  socket.send(batch);
}
await isDurable;
const receivedMs = performance.now();
store.close();
socket.close();
process.stdout.write(JSON.stringify({ writeMs: writtenMs - startedMs, transferMs: receivedMs - writtenMs }));
