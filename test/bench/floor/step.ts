import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sampleRecords } from '../records.ts';
import { floorKeys, openFloorStore, sealRecords } from './store.ts';

/** `node step.js DATABASE COUNT URL`: seals, inserts and sends one record at a time, the next when it is durable there. */
const [path = '', count = '0', url = ''] = process.argv.slice(2);
const keys = floorKeys();
const store = openFloorStore(path);
const socket = new WebSocket(url, { perMessageDeflate: false });
await once(socket, 'open');

const stepsMs: number[] = [];
for (const [index, record] of sampleRecords(Number(count)).entries()) {
  const startedMs = performance.now();
  const { batch, bodies } = sealRecords(keys, [record]);
  store.insert(index + 1, batch, [{ id: record.id, body: bodies[0] as Uint8Array }]);
  socket.send(batch);
  await once(socket, 'message');
  stepsMs.push(performance.now() - startedMs);
}
store.close();
socket.close();
process.stdout.write(JSON.stringify(stepsMs));
