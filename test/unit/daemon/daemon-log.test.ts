import fs from 'node:fs';
import { expect, it, vi } from 'vitest';
import { createDaemonLog } from '../../../src/daemon/ground/daemon-log.ts';

it('16 what a full disk does not take waits, up to 256 KiB, and ends nothing', () => {
  let isFull = true;
  let written = '';
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, text: string, ...more: []) => {
    if (descriptor !== 2) {
      return writeSync(descriptor, text, ...more);
    }
    if (isFull) {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    }
    written += text;
    return Buffer.byteLength(text);
  }) as typeof fs.writeSync);
  const log = createDaemonLog('info');
  const words = 'x'.repeat(10_000);
  for (let line = 0; line < 40; line++) {
    expect(() => log.info({ line }, words)).not.toThrow();
  }
  expect(written).toBe('');
  isFull = false;
  log.info({ line: 'after' }, 'well again');
  const lines = written
    .trimEnd()
    .split('\n')
    .map((text) => (JSON.parse(text) as { line: unknown }).line);
  const kept = lines.slice(0, -1);
  expect(lines.at(-1)).toBe('after');
  expect(kept).toEqual(kept.map((_, line) => line));
  const sizeBytes = Buffer.byteLength(written) - Buffer.byteLength(written.slice(written.lastIndexOf('\n{') + 1));
  expect(sizeBytes).toBeLessThanOrEqual(256 * 1024);
  expect(sizeBytes + words.length).toBeGreaterThan(255 * 1024);
});
