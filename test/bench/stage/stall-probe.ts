import { type Agent, Agent as HttpAgent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const intervalMs = 5;

/**
 * A thread that asks a daemon for a sign of life all the time, and tells how long each answer took once it is told to
 * stop. A thread of its own, so that what the benchmark does meanwhile is not counted as the daemon's.
 */
const { socketPath } = workerData as { readonly socketPath: string };
const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
const tookMs: number[] = [];
let isStopped = false;
parentPort?.once('message', () => {
  isStopped = true;
});
while (!isStopped) {
  const startedMs = performance.now();
  await askOnce(agent);
  tookMs.push(performance.now() - startedMs);
  await pause(intervalMs);
}
agent.destroy();
parentPort?.postMessage(tookMs);

async function askOnce(through: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/healthz', headers: { host: 'localhost' }, agent: through }, (response) => {
      response.resume();
      response.once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}
