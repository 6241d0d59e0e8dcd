import { execFile } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mostKeyFileBytes } from '../../../src/daemon/keys/key-file-format.ts';
import {
  createHomeKeys,
  readKeyFile,
  replaceKeyFile,
  wipeKeys,
  writeKeyFile,
} from '../../../src/daemon/keys/key-file.ts';
import { createRandom } from '../../simulation/random.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { itDeep } from '../../helpers/suite.ts';

const keys = createHomeKeys(createRandom(1, 'keys').bytes);
const bare = { kind: 'bare', seeds: keys.seeds } as const;
const modeOf = (path: string): number => statSync(path).mode & 0o777;

function written(): { folder: string; file: string } {
  const folder = join(temporaryFolder(), 'state', 'keys');
  writeKeyFile(folder, bare);
  return { folder, file: join(folder, 'device.json') };
}

describe('the key file', () => {
  it('is read back as it was written, and no other file is left', () => {
    const { folder } = written();
    expect(readKeyFile(folder)).toEqual({ ok: true, value: bare });
    expect(readdirSync(folder)).toEqual(['device.json']);
  });

  it('1 has mode 0600 in a folder of mode 0700', () => {
    const { folder, file } = written();
    expect(modeOf(file)).toBe(0o600);
    expect(modeOf(folder)).toBe(0o700);
  });

  it.each([0o640, 0o604, 0o644, 0o620, 0o666, 0o601])(
    'that others may reach is refused, with what to do: mode %i',
    (mode) => {
      const { folder, file } = written();
      chmodSync(file, mode);
      const read = readKeyFile(folder);
      expect(read).toMatchObject({
        ok: false,
        error: { kind: 'exposed', message: expect.stringContaining('chmod go=') },
      });
    },
  );

  it('in a folder that others may reach is refused', () => {
    const { folder } = written();
    chmodSync(folder, 0o755);
    expect(readKeyFile(folder)).toMatchObject({ ok: false, error: { kind: 'exposed' } });
  });

  it('that is absent says how to set a device up', () => {
    expect(readKeyFile(join(temporaryFolder(), 'keys'))).toMatchObject({
      ok: false,
      error: { kind: 'absent', message: expect.stringContaining('sourcesync init') },
    });
  });

  it('in whose place a folder is cannot be read', () => {
    const folder = join(temporaryFolder(), 'keys');
    mkdirSync(join(folder, 'device.json'), { recursive: true, mode: 0o700 });
    expect(readKeyFile(folder)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
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
      whole.replace('"version": 1', '"version": 0'),
      whole.replace('"version": 1', '"version": "1"'),
      whole.replace('"hedge"', '"hedges"'),
      whole.replace(signSeed, signSeed.slice(1)),
      whole.replace(signSeed, `${signSeed.slice(0, -1)}!`),
      whole.replace(`"${signSeed}"`, '5'),
      whole + ' '.repeat(mostKeyFileBytes),
    ];
    for (const text of damaged) {
      expect(text).not.toBe(whole);
      writeFileSync(file, text);
      const read = readKeyFile(folder);
      expect(read).toMatchObject({
        ok: false,
        error: { kind: 'damaged', message: expect.stringContaining('damaged') },
      });
      expect(JSON.stringify(read)).not.toContain(signSeed.slice(1, -1));
    }
  });

  it('1 of a version to come asks for an upgrade', () => {
    const { folder, file } = written();
    writeFileSync(file, '{"version":3,"something":"new"}\n');
    expect(readKeyFile(folder)).toMatchObject({
      ok: false,
      error: { kind: 'version_unknown', message: expect.stringContaining('Upgrade') },
    });
  });
});

describe('6 replacing the key file', () => {
  const other = { kind: 'bare', seeds: createHomeKeys(createRandom(2, 'keys').bytes).seeds } as const;

  it('leaves the new one and what else stands in the folder, and nothing of an attempt that was killed', () => {
    const { folder } = written();
    // The highest process number of Linux: nobody has it here.
    for (const name of ['api.token', 'device.json.4194304.tmp', `device.json.${process.ppid}.tmp`]) {
      writeFileSync(join(folder, name), 'x', { mode: 0o600 });
    }
    replaceKeyFile(folder, other);
    expect(readKeyFile(folder)).toEqual({ ok: true, value: other });
    expect(readdirSync(folder).sort()).toEqual(['api.token', 'device.json', `device.json.${process.ppid}.tmp`]);
  });

  itDeep(
    'killed before any of its steps leaves one file that can be read, the old or the new',
    {
      timeout: 60_000,
    },
    async () => {
      const whole = await replaceUntil(written().folder, 'never');
      const steps = Number(whole.said);
      expect(steps).toBeGreaterThan(8);
      const kinds: string[] = [];
      for (let step = 0; step < steps; step += 1) {
        const { folder } = written();
        expect((await replaceUntil(folder, String(step))).signal).toBe('SIGKILL');
        const read = readKeyFile(folder);
        kinds.push(read.ok ? read.value.kind : read.error.kind);
      }
      const turn = kinds.indexOf('sealed');
      expect(turn).toBeGreaterThan(0);
      expect(kinds).toEqual([...kinds.slice(0, turn).fill('bare'), ...kinds.slice(turn).fill('sealed')]);
    },
  );

  it('destroys no copy that somebody keeps under another name', () => {
    const { folder, file } = written();
    const before = readFileSync(file, 'utf8');
    linkSync(file, join(folder, 'copy'));
    replaceKeyFile(folder, other);
    expect(readFileSync(join(folder, 'copy'), 'utf8')).toBe(before);
  });
});

it('wiped keys hold nothing but zeros', () => {
  const wiped = createHomeKeys(createRandom(3, 'keys').bytes);
  wipeKeys(wiped);
  const { device, seeds, dataKey, indexKey, vaultKey } = wiped;
  const secrets = [...Object.values(seeds), dataKey, indexKey, vaultKey, device.hedge];
  for (const secret of [...secrets, device.sign.secretKey, device.box.secretKey]) {
    expect(secret.every((byte) => byte === 0)).toBe(true);
  }
});

async function replaceUntil(folder: string, step: string): Promise<{ said: string; signal: string | undefined }> {
  const child = join(import.meta.dirname, 'replace-child.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [child, folder, step], (error, stdout) => {
      resolve({ said: stdout.trim(), signal: error?.signal ?? undefined });
    });
  });
}
