import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { floorKeys, openFloorStore, openRecords } from './store.ts';

/** `node receive.js DATABASE`: opens, verifies and inserts what comes, and says after each batch how many are durable. */
const [path = ''] = process.argv.slice(2);
const keys = floorKeys();
const store = openFloorStore(path);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket) => {
  let sequence = 0;
  let received = 0;
  socket.on('message', (batch: Buffer) => {
    const records = openRecords(keys, batch);
    sequence += 1;
    store.insert(sequence, batch, records);
    received += records.length;
    socket.send(String(received));
  });
});
server.on('listening', () => {
  process.stdout.write(`${JSON.stringify({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
});
process.once('SIGTERM', () => {
  store.close();
  process.exit(0);
});
