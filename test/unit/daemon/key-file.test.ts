import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHomeKeys, readHomeKeys, writeHomeKeys } from '../../../src/daemon/key-file.ts';
import { createRandom } from '../../simulation/random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const keys = createHomeKeys(createRandom(1, 'keys').bytes);
const modeOf = (path: string): number => statSync(path).mode & 0o777;

function written(): { folder: string; file: string } {
  const folder = join(temporaryFolder(), 'state', 'keys');
  writeHomeKeys(folder, keys);
  return { folder, file: join(folder, 'device.json') };
}

describe('the key file', () => {
  it('is read back as it was written, and no other file is left', () => {
    const { folder } = written();
    const read = readHomeKeys(folder);
    expect(read.ok && read.value.seeds).toEqual(keys.seeds);
    expect(read.ok && read.value.device.deviceId).toBe(keys.device.deviceId);
    expect(readdirSync(folder)).toEqual(['device.json']);
  });

  it('has mode 0600 in a folder of mode 0700', () => {
    const { folder, file } = written();
    expect(modeOf(file)).toBe(0o600);
    expect(modeOf(folder)).toBe(0o700);
  });

  it.each([0o640, 0o604, 0o644, 0o620, 0o666, 0o601])(
    'that others may reach is refused, with what to do: mode %i',
    (mode) => {
      const { folder, file } = written();
      chmodSync(file, mode);
      const read = readHomeKeys(folder);
      expect(read).toMatchObject({
        ok: false,
        error: { kind: 'exposed', message: expect.stringContaining('chmod go=') },
      });
    },
  );

  it('in a folder that others may reach is refused', () => {
    const { folder } = written();
    chmodSync(folder, 0o755);
    expect(readHomeKeys(folder)).toMatchObject({ ok: false, error: { kind: 'exposed' } });
  });

  it('that is absent says how to set a device up', () => {
    expect(readHomeKeys(join(temporaryFolder(), 'keys'))).toMatchObject({
      ok: false,
      error: { kind: 'absent', message: expect.stringContaining('sourcesync init') },
    });
  });

  it('in whose place a folder is cannot be read', () => {
    const folder = join(temporaryFolder(), 'keys');
    mkdirSync(join(folder, 'device.json'), { recursive: true, mode: 0o700 });
    expect(readHomeKeys(folder)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('that is damaged is refused, and no message quotes it', () => {
    const { folder, file } = written();
    const whole = readFileSync(file, 'utf8');
    const { signSeed } = JSON.parse(whole) as { signSeed: string };
    const damaged = [
      '',
      '{',
      'null',
      '[]',
      '{"__proto__":{"version":1}}',
      whole.slice(0, -20),
      whole.replace('"version": 1', '"version": 2'),
      whole.replace('"hedge"', '"hedges"'),
      whole.replace(signSeed, signSeed.slice(1)),
      whole.replace(signSeed, `${signSeed.slice(0, -1)}!`),
      whole.replace(`"${signSeed}"`, '5'),
    ];
    for (const text of damaged) {
      expect(text).not.toBe(whole);
      writeFileSync(file, text);
      const read = readHomeKeys(folder);
      expect(read).toMatchObject({
        ok: false,
        error: { kind: 'unreadable', message: expect.stringContaining('damaged') },
      });
      expect(JSON.stringify(read)).not.toContain(signSeed.slice(1, -1));
    }
  });
});
