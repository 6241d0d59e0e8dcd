import { execFileSync, execFile } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../../src/demo/chromium.ts';

const project = join(import.meta.dirname, '..', '..');

/** The package as the registry would hand it out, unpacked as an installation has it; its dependencies are the project's. */
function installPackage(): string {
  const root = mkdtempSync(join(tmpdir(), 'ss-package-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', root], {
    cwd: project,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(said) as readonly [{ readonly filename: string }];
  mkdirSync(join(root, 'lib'));
  execFileSync('tar', ['-xzf', join(root, filename), '-C', join(root, 'lib')]);
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  return join(root, 'lib', 'package');
}

it('the demo of the packed package holds every claim it makes', { timeout: 360_000 }, async () => {
  const installed = installPackage();
  const command = join(installed, 'bin', 'sourcesync.js');
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [command, 'demo', '--json'], { timeout: 350_000 }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout: out, stderr: errors });
    });
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ passed: true });
  if (findChromium() !== undefined) {
    expect(stdout).toContain('made by Chromium itself');
  }
  expect(['test', 'src/daemon', 'dist/test'].filter((folder) => existsSync(join(installed, folder)))).toEqual([]);
});
