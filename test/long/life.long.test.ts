import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../life/report.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'test', 'life', 'main.js');
const minutes = process.env['LIFE_MINUTES'] ?? '10';

it('ten minutes of people’s work with two daemons: nothing that must be nought is anything else', async () => {
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, [program, '--minutes', minutes, '--json'], { maxBuffer: 2 ** 28 }, (_error, stdout) => {
      resolve(stdout);
    });
  });
  const report = JSON.parse(printed) as Report;
  expect(
    Object.entries(report.faults).filter(([, count]) => count > 0),
    `${report.repeat}\n${report.evidence}`,
  ).toEqual([]);
  expect(report.counts['mass losses planted'], report.repeat).toBeGreaterThan(0);
});
