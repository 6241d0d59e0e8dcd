import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openInBrowser } from '../../../src/daemon/terminal/open-browser.ts';
import { until } from '../../helpers/processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const url = 'http://127.0.0.1:40123/#a-code-that-counts-once';

describe.skipIf(process.platform !== 'linux')('opening the page in the browser of the desktop', () => {
  it('starts the browser with a file of this user, so that the code stands in no command line', async () => {
    const folder = temporaryFolder();
    const heard = join(folder, 'heard');
    const opener = join(folder, 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$*" > ${heard}.part && mv ${heard}.part ${heard}\n`);
    chmodSync(opener, 0o700);
    const environment = { PATH: `${folder}:${process.env['PATH']}`, DISPLAY: ':0' };
    expect(await openInBrowser(url, join(folder, 'api.sock'), environment)).toBe(true);
    await until('the browser is started', async () => existsSync(heard));
    const given = readFileSync(heard, 'utf8');
    expect(given).not.toContain('code');
    const file = fileURLToPath(given);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(`content="0;url=${url}"`);
  });

  it('is left to the person where there is no desktop, or no program that would do it', async () => {
    const folder = temporaryFolder();
    expect(await openInBrowser(url, join(folder, 'api.sock'), { PATH: folder })).toBe(false);
    expect(await openInBrowser(url, join(folder, 'api.sock'), { PATH: folder, WAYLAND_DISPLAY: 'wayland-0' })).toBe(
      false,
    );
  });
});
