import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { argumentsOf, commandOf } from '../helpers/dockerfile.ts';

it('the packed package has what the Dockerfile copies, and what it starts', { timeout: 60_000 }, () => {
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--dry-run', '--json'], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(said) as readonly [{ readonly files: readonly { readonly path: string }[] }];
  const paths = files.map(({ path }) => path);
  const copied = argumentsOf('COPY').filter((one) => !one.startsWith('/app '));
  expect(copied).toHaveLength(5);
  for (const one of [...copied.map((words) => words.split(' ')[0] as string), commandOf('ENTRYPOINT')[1] as string]) {
    expect([one, paths.some((path) => path === one || path.startsWith(`${one}/`))]).toEqual([one, true]);
  }
});

it('the commands of the Dockerfile run a relay, and tell whether it is well', { timeout: 60_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), 'ss-image-'));
  onTestFinished(async () => rm(data, { recursive: true, force: true }));
  // The image has these ports and this folder to itself; a machine has others.
  const ours: readonly (readonly [string, string])[] = [
    ['7342', String(await freePort())],
    ['9342', String(await freePort())],
    ['/data', data],
  ];
  const here = (words: readonly string[]): readonly string[] =>
    words.map((word) => ours.reduce((text, [theirs, own]) => text.replaceAll(theirs, own), word));
  const isWell = async (): Promise<boolean> => {
    const [program = '', ...words] = here(commandOf('HEALTHCHECK'));
    return new Promise((resolve) => {
      execFile(program, words, (fault) => {
        resolve(fault === null);
      });
    });
  };

  expect(await isWell()).toBe(false);
  const [program = '', ...words] = here(commandOf('ENTRYPOINT'));
  const relay = spawn(program, [...words, '--json'], { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    relay.kill('SIGKILL');
  });
  const ready = await readyLine(relay);
  expect(ready).toMatchObject({ event: 'ready', url: expect.stringContaining(`:${ours[0]?.[1]}`) });
  expect(await isWell()).toBe(true);
  expect(await readdir(data)).not.toEqual([]);

  // As `docker stop` ends it.
  const ended = once(relay, 'exit');
  relay.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await isWell()).toBe(false);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function readyLine(child: ChildProcess): Promise<unknown> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  return JSON.parse(line);
}
