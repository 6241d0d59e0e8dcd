import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServiceStatus } from '../../../../src/cli/ground/service-commands.ts';
import { checksumPlace, withChecksum } from '../../../../src/daemon/service/checksum.ts';
import { nextStep } from '../../../../src/daemon/service/next-step.ts';
import { closedToOthers } from '../../../../src/daemon/service/relay-service.ts';
import { fileStanding, removeServiceFile, writeServiceFile } from '../../../../src/daemon/service/service-file.ts';
import { createServiceManager, unitFacts } from '../../../../src/daemon/service/service-manager.ts';
import {
  type SystemdService,
  installUnit,
  uninstallUnit,
  unitStatus,
} from '../../../../src/daemon/service/systemd-service.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const words = {
  install: 'INSTALL',
  start: 'START',
  enable: 'ENABLE',
  log: 'LOG',
  linger: 'LINGER',
  elsewhere: 'ELSEWHERE',
};
const text = withChecksum(`# ${checksumPlace}\n[Unit]\n`);

describe('the file of a service', () => {
  it('S1 is written once, replaced by another version, and left alone where somebody changed it', () => {
    const path = join(temporaryFolder(), 'below', 'a.service');
    expect(fileStanding(path, text)).toBe('absent');
    expect(writeServiceFile(path, text, false)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(writeServiceFile(path, text, false)).toBe(false);
    const later = withChecksum(`# ${checksumPlace}\n[Unit]\nA=b\n`);
    expect(fileStanding(path, later)).toBe('outdated');
    expect(writeServiceFile(path, later, false)).toBe(true);
    writeFileSync(path, `${later}Nice=5\n`);
    expect(writeServiceFile(path, later, false)).toMatchObject({ exitCode: 1 });
    expect(removeServiceFile(path, false)).toMatchObject({ exitCode: 1 });
    expect(readFileSync(path, 'utf8')).toContain('Nice=5');
    expect(writeServiceFile(path, later, true)).toBe(true);
    expect(removeServiceFile(path, false)).toBe(true);
    expect(removeServiceFile(path, false)).toBe(false);
  });

  it('S1 that cannot be written says so', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(writeServiceFile(join(folder, 'file', 'a.service'), text, false)).toMatchObject({ exitCode: 1 });
  });
});

describe('what systemd says of a unit', () => {
  it('S5 is read from its lines, whatever is missing', () => {
    const lines = 'LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nMainPID=7\nNRestarts=2\nStatusText=a=b';
    expect(unitFacts(`${lines}\nActiveEnterTimestamp=@1700000000\n`)).toEqual({
      ...{ isLoaded: true, isEnabled: true, active: 'active', pid: 7, restarts: 2, says: 'a=b' },
      sinceMs: 1_700_000_000_000,
    });
    const nothing = {
      isLoaded: false,
      isEnabled: false,
      active: '',
      pid: null,
      restarts: 0,
      says: null,
      sinceMs: null,
    };
    expect(unitFacts('')).toEqual(nothing);
    expect(unitFacts('LoadState=not-found\nMainPID=0\nActiveEnterTimestamp=@0\nActiveEnterTimestampMonotonic')).toEqual(
      nothing,
    );
  });

  const process: ServiceStatus['process'] = { state: 'running', since: null, pid: 1, restarts: 0, says: null };
  const well: Omit<ServiceStatus, 'next'> = {
    ...{ unit: 'a', path: '/a', installed: true, file: 'same', enabled: true, process, lingering: true },
  };

  it.each([
    [{}, null],
    [{ lingering: null }, null],
    [{ lingering: false }, 'LINGER'],
    [{ enabled: false }, 'ENABLE'],
    [{ file: 'outdated' }, 'INSTALL'],
    [{ file: 'absent' }, 'INSTALL'],
    [{ process: { ...process, state: 'not_installed' } }, 'INSTALL'],
    [{ process: { ...process, state: 'stopped' } }, 'START'],
    [{ process: { ...process, state: 'starting' } }, 'LOG'],
    [{ process: { ...process, state: 'stopping' } }, 'LOG'],
    [{ process: { ...process, state: 'failed' } }, 'START'],
    [{ process: { ...process, state: 'unknown' } }, 'does not answer'],
  ] satisfies readonly (readonly [Partial<ServiceStatus>, string | null])[])(
    'S5 %j: what to do next is %s',
    (standing, said) => {
      const next = nextStep({ ...well, ...standing }, words);
      expect(next === null ? null : next.includes(said ?? '?') ? said : next).toBe(said);
    },
  );
});

describe('where no service manager answers', () => {
  function serviceIn(folder: string): SystemdService {
    // No bus is in an empty folder, and none is named.
    const manager = createServiceManager('user', { PATH: process.env['PATH'], XDG_RUNTIME_DIR: folder });
    return { unit: 'a.service', path: join(folder, 'a.service'), manager, words, isLingering: () => null };
  }
  const parts = { text, force: false, environment: [], prepare: async () => undefined, takeOver: async () => false };

  it('S1 nothing is written, and it is said what to do', async () => {
    const service = serviceIn(temporaryFolder());
    const refused = await installUnit(service, parts);
    expect(refused).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/nothing was written\. ELSEWHERE\. .*INSTALL --dry-run$/),
    });
    expect(existsSync(service.path)).toBe(false);
    expect(await unitStatus(service, text)).toMatchObject({ file: 'absent', process: { state: 'not_installed' } });
  });

  it('S1 a file that is there is removed, and S5 told of', async () => {
    const service = serviceIn(temporaryFolder());
    writeFileSync(service.path, text);
    expect(await unitStatus(service, text)).toMatchObject({
      file: 'same',
      process: { state: 'unknown' },
      enabled: false,
    });
    expect(await uninstallUnit(service, false, 'k')).toMatchObject({ removed: true, kept: 'k' });
    expect(await uninstallUnit(service, false, 'k')).toMatchObject({ removed: false, kept: null });
  });
});

describe('the program of a relay', () => {
  it('S6 must lie where every user can read it', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'open'));
    const entry = join(folder, 'open', 'a.js');
    writeFileSync(entry, '');
    chmodSync(folder, 0o755);
    chmodSync(entry, 0o644);
    expect(closedToOthers({ node: entry, entry })).toBeUndefined();
    chmodSync(entry, 0o640);
    expect(closedToOthers({ node: entry, entry })).toBe(entry);
    chmodSync(folder, 0o700);
    expect(closedToOthers({ node: entry, entry })).toBe(folder);
  });
});
