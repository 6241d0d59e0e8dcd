import { join } from 'node:path';
import { command } from './device.ts';
import { type RunningProcess, startProcess } from './processes.ts';

/** A relay, on a port of its own where none is named, open to everybody, with its data below a folder. */
export async function startRelay(
  root: string,
  nodeArguments: readonly string[],
  publicUrl?: string,
  listen = '127.0.0.1:0',
): Promise<RunningProcess> {
  const named = publicUrl === undefined ? [] : ['--public-url', publicUrl];
  const where = ['--listen', listen, ...named, '--data', join(root, 'relay'), '--open', '--json'];
  return startProcess([...nodeArguments, command, 'relay', 'serve', ...where], join(root, 'relay.log'));
}
