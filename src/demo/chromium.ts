import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { WebSocket } from 'ws';
import { until } from './wait.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of this machine; undefined where there is none. CHROMIUM names another. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  const paths = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return [CHROMIUM ?? '', ...paths].find((path) => path !== '' && existsSync(path));
}

/** Has the real browser make a bookmark in its bar, save it and end; its own page of bookmarks may call what makes one. */
export async function makeBookmark(browser: string, person: string, title: string, url: string): Promise<void> {
  const profile = join(person, '.config', 'chromium');
  const running = start(browser, profile, person);
  try {
    const socket = await openPage(profile, 'chrome://bookmarks/');
    const ask = asking(socket);
    await until(
      'the page of bookmarks is there',
      async () => (await ask('typeof chrome.bookmarks?.create')) === 'function',
    );
    await ask(`chrome.bookmarks.create(${JSON.stringify({ parentId: '1', title, url })}).then(() => 'made')`);
    // It saves a while after a change, and for certain when it ends.
    const ended = new Promise((resolve) => running.once('exit', resolve));
    socket.send(JSON.stringify({ id: 0, method: 'Browser.close' }));
    await ended;
  } finally {
    running.kill('SIGKILL');
  }
}

function start(browser: string, profile: string, person: string): ChildProcess {
  const isRoot = process.getuid?.() === 0;
  const flags = ['--headless=new', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0'];
  const running = spawn(browser, [...flags, ...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${profile}`], {
    stdio: 'ignore',
    env: { ...process.env, HOME: person },
  });
  // One that cannot be started is missed by whoever waits for its port.
  running.on('error', () => undefined);
  return running;
}

async function openPage(profile: string, address: string): Promise<WebSocket> {
  const portFile = join(profile, 'DevToolsActivePort');
  let port = '';
  await until('Chromium says where it can be driven', async () => {
    [port = ''] = (await readFile(portFile, 'utf8').catch(() => '')).split('\n');
    return port !== '';
  });
  await rm(portFile, { force: true });
  const opened = await fetch(`http://127.0.0.1:${port}/json/new?${address}`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await opened.json()) as { readonly webSocketDebuggerUrl: string };
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** The value of an expression in the page. */
function asking(socket: WebSocket): (expression: string) => Promise<unknown> {
  let lastId = 0;
  return async (expression) => {
    const id = ++lastId;
    const params = { expression, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    return new Promise((resolve) => {
      const hear = (data: Buffer): void => {
        const answer = JSON.parse(data.toString()) as { id?: number; result?: { result?: { value?: unknown } } };
        if (answer.id === id) {
          socket.off('message', hear);
          resolve(answer.result?.result?.value);
        }
      };
      socket.on('message', hear);
    });
  };
}
