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
  return (await runSender('send.js', count)) as FloorTimes;
}

/** Milliseconds of each record that is sealed, signed, inserted, sent, verified, opened and inserted by itself. */
export async function runStepFloor(count: number): Promise<readonly number[]> {
  return (await runSender('step.js', count)) as readonly number[];
}

async function runSender(name: string, count: number): Promise<unknown> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-floor-'));
  try {
    const receiver = await startProcess([program('receive.js'), join(root, 'receiver.db')], join(root, 'receiver.log'));
    try {
      return await runProgram([program(name), join(root, 'sender.db'), String(count), String(receiver.ready['url'])]);
    } finally {
      await receiver.stop();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Where a program of this folder lies. */
export function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
