import { openFloorStore } from './store.ts';

/** `node open-store.js DATABASE`: opens what is there, and says that it is ready: the least that a start can be. */
const [path = ''] = process.argv.slice(2);
const store = openFloorStore(path);
process.stdout.write(`${JSON.stringify({ records: store.count() })}\n`);
const rest = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(rest);
  store.close();
});
