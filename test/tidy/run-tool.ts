import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The folder that holds package.json. */
export const rootFolder: string = fileURLToPath(new URL('../../', import.meta.url));
export const canaryFolder: string = join(rootFolder, 'test/tidy/canaries');

/** Runs a development tool from node_modules/.bin and returns what it wrote; its exit code says that it found things. */
export function runTool(name: string, parameters: readonly string[], folder: string): string {
  const run = spawnSync(process.execPath, [join(rootFolder, toolPaths[name] ?? ''), ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.error !== undefined || run.stdout === '') {
    throw new Error(`${name} wrote nothing: ${run.stderr}`, { cause: run.error });
  }
  return run.stdout;
}

const toolPaths: Readonly<Record<string, string>> = {
  depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  oxlint: 'node_modules/oxlint/bin/oxlint',
};
