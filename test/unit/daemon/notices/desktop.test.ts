import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { desktopOf } from '../../../../src/daemon/notices/show-on-desktop.ts';
import { type Desktop, hasDesktop, openDesktop } from '../../../helpers/desktop.ts';
import { itDeep } from '../../../helpers/suite.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const notification = { title: 'SourceSync', text: `$(touch x) 'it' "waits"; --help` };
let desktop: Desktop | undefined;

afterEach(() => {
  desktop?.close();
  desktop = undefined;
});

/** A folder of programs that holds these alone. */
function onlyPrograms(...names: readonly string[]): string {
  const folder = join(temporaryFolder(), 'bin');
  mkdirSync(folder);
  for (const name of names) {
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(folder, name));
  }
  return folder;
}

describe('where there is no desktop', () => {
  it('N3 it is said why a notification cannot be shown, without waiting', async () => {
    const runtime = temporaryFolder();
    expect(await desktopOf({ PATH: process.env['PATH'], XDG_RUNTIME_DIR: runtime })(notification)).toContain(
      'There is no bus of a session',
    );
    expect(await desktopOf({ PATH: runtime, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' })(notification)).toContain(
      'Neither busctl (systemd) nor gdbus (GLib)',
    );
    const address = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/gone` };
    expect(await desktopOf({ PATH: process.env['PATH'], ...address })(notification)).toMatch(
      /Neither busctl|The bus of the session refused/,
    );
  });
});

// The bus and what answers on it are those of Debian: dbus, python3-gi, and busctl or gdbus.
describe.skipIf(!hasDesktop)('a desktop on the bus of a session', () => {
  it.each(['busctl', 'gdbus'])('N3 shows what %s hands on, letter by letter', async (program) => {
    desktop = await openDesktop();
    const environment = { PATH: onlyPrograms(program), ...desktop.environment };
    expect(await desktopOf(environment)(notification)).toBeUndefined();
    await desktop.until(1);
    expect(desktop.shown).toEqual([['SourceSync', 0, '', notification.title, notification.text, [], {}, -1]]);
  });

  it('N3 that shows no notifications is said of', async () => {
    desktop = await openDesktop('empty');
    for (const program of ['busctl', 'gdbus']) {
      const environment = { PATH: onlyPrograms(program), ...desktop.environment };
      expect(await desktopOf(environment)(notification)).toContain('No program of this session shows notifications');
    }
  });

  itDeep('N3 that does not answer is waited for seconds and no longer', { timeout: 30_000 }, async () => {
    desktop = await openDesktop('silent');
    for (const program of ['busctl', 'gdbus']) {
      const environment = { PATH: onlyPrograms(program), ...desktop.environment };
      expect(await desktopOf(environment)(notification)).toContain('did not answer in time');
    }
  });
});
