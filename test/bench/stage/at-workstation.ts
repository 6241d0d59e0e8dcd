import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkContext } from '../benchmark.ts';
import { type Device, createDevice, runCommand } from './device.ts';
import { loopWatch } from './loop-gaps.ts';

/** Runs `measure` with a started device whose person has the belongings that `furnish` makes in a folder and names. */
export async function atWorkstation<T>(
  context: BenchmarkContext,
  furnish: (person: string) => Promise<readonly string[]>,
  measure: (device: Device, files: readonly string[]) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-bench-'));
  const home = join(root, 'home');
  let device: Device | undefined;
  try {
    const person = join(root, 'person');
    const files = await furnish(person);
    await mkdir(home);
    await runCommand(home, 'init', '--label', 'a', '--yes');
    const environment = { HOME: person, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' };
    device = createDevice(home, [...context.nodeArguments('a'), ...loopWatch], environment);
    await device.start();
    return await measure(device, files);
  } finally {
    await device?.stop();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}
