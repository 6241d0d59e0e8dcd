import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Device } from './device.ts';

/** Asks a device for signs of life from now on; what it answers ends that and tells how long each took, in ms. */
export async function probe({ socketPath }: Device): Promise<() => Promise<readonly number[]>> {
  const worker = new Worker(join(import.meta.dirname, 'stall-probe.js'), { workerData: { socketPath } });
  await once(worker, 'online');
  return async () => {
    worker.postMessage('stop');
    const [tookMs] = (await once(worker, 'message')) as [readonly number[]];
    return tookMs;
  };
}
