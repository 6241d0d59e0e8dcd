import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Opens an address in the browser of the desktop; false where there is no desktop, or no program that would do it. Other
 * users of the machine can read what a program is started with, so that it is given a file of this user's which leads on
 * to the address, and not the code in it.
 */
export async function openInBrowser(url: string, socket: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const opener = openerOf(process.platform, environment);
  if (opener === undefined) {
    return false;
  }
  const file = join(dirname(socket), 'open-page.html');
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, leadingTo(url), { mode: 0o600 });
  renameSync(temporary, file);
  return new Promise((resolve) => {
    const child = spawn(opener, [pathToFileURL(file).href], { detached: true, stdio: 'ignore', env: environment });
    child.once('error', () => {
      resolve(false);
    });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string | undefined {
  if (platform === 'darwin') {
    return 'open';
  }
  const hasDesktop = environment['DISPLAY'] !== undefined || environment['WAYLAND_DISPLAY'] !== undefined;
  return platform === 'linux' && hasDesktop ? 'xdg-open' : undefined;
}

/** The address is one that the daemon made: digits, letters, and signs that mean nothing here. */
function leadingTo(url: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>SourceSync</title>\n`;
}
