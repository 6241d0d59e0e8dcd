import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, startProcess } from '../stage/processes.ts';

/** What the same records cost without the product, milliseconds. */
export interface FloorTimes {
  /** Canonical JSON, seals, signatures and durable inserts, by one process. */
  readonly writeMs: number;
  /** The same bytes over one WebSocket to a second process that verifies, opens and inserts durably. */
  readonly transferMs: number;
}

export async function runFloor(count: number): Promise<FloorTimes> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-floor-'));
  try {
    const receiver = await startProcess(
      [program('receive.js'), join(root, 'receiver.db'), String(count)],
      join(root, 'receiver.log'),
    );
    try {
      const url = String(receiver.ready['url']);
      return (await runProgram([program('send.js'), join(root, 'sender.db'), String(count), url])) as FloorTimes;
    } finally {
      await receiver.stop();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
