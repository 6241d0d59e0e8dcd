import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const command = join(import.meta.dirname, '..', '..', 'bin', 'sourcesync.js');

it('the demo holds every claim it makes', { timeout: 360_000 }, async () => {
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [command, 'demo', '--json'], { timeout: 350_000 }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout: out, stderr: errors });
    });
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ passed: true });
});
