import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { apiDocument } from '../helpers/documented.ts';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

const run = promisify(execFile);

/** A project with the packed package among its dependencies, and a daemon of a home of its own. */
let project: string;
let stage: Stage;
let home: Home;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ss-project-'));
  install(project);
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }\n');
  // What an installation puts on the path.
  const shim = `#!/bin/sh\nexec ${process.execPath} ${join(project, 'node_modules/sourcesync/bin/sourcesync.js')} "$@"\n`;
  await writeFile(join(project, 'sourcesync'), shim);
  await chmod(join(project, 'sourcesync'), 0o755);
  stage = await openStage();
  home = stage.home('home');
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
}, 120_000);

afterAll(async () => {
  await stage.close();
  await rm(project, { recursive: true, force: true });
});

describe('the packed package, installed', () => {
  it('OA7 the chapter of the API works as it is written, line by line', { timeout: 120_000 }, async () => {
    const blocks = [...readFileSync(join(packageRoot, 'docs/api.md'), 'utf8').matchAll(/```(sh|js)\n([\s\S]*?)```/g)];
    const said: string[] = [];
    for (const [, language = '', text = ''] of blocks) {
      said.push(await (language === 'sh' ? shell(text) : node(text)));
    }
    expect(said).toHaveLength(5);
    const [fetched, written, , refused, heard] = said;
    expect([fetched, JSON.parse(readFileSync(join(project, 'openapi.json'), 'utf8'))]).toEqual(['', apiDocument]);
    expect(written).toBe("true false 412\n[ 'll' ]\n");
    expect(refused).toBe('403\n');
    expect(heard).toBe('null gap undefined undefined\n');
  });

  it('OA7 its types hold in a strict project with nodenext, and know what is wrong', { timeout: 120_000 }, async () => {
    const right = `import { type Client, connect } from 'sourcesync/client';
export async function labels(): Promise<readonly string[]> {
  const connected = await connect({ home: '/nowhere' });
  const client: Client | undefined = connected.ok ? connected.value : undefined;
  const devices = await client?.devices();
  return devices?.ok === true ? devices.value.items.map(({ label }) => label) : [];
}
export async function first(client: Client): Promise<number | null> {
  for await (const { id } of client.events({ after: 1 })) {
    return id;
  }
  return null;
}
`;
    expect(await typed(right)).toBe('');
    const wrong = `import { connect } from 'sourcesync/client';
const connected = await connect({ hone: '/nowhere' });
if (connected.ok) {
  await connected.value.records('shell', { state: 'lively' });
  const status = await connected.value.status();
  console.log(status.ok && status.value.devise);
}
`;
    const faults = await typed(wrong);
    expect(faults.match(/\(\d+,\d+\): error/g)).toHaveLength(3);
    expect(['hone', 'lively', 'devise'].filter((word) => !faults.includes(word))).toEqual([]);
  });

  it('OA7 who has no home, or no daemon, is told so in words', { timeout: 60_000 }, async () => {
    const ask = `import { connect } from 'sourcesync/client';
const connected = await connect({ home: process.argv[2] });
const answer = connected.ok ? await connected.value.status() : connected;
console.log(JSON.stringify(answer));
`;
    const bare = JSON.parse(await node(ask, join(stage.root, 'nothing'))) as object;
    expect(bare).toMatchObject({ ok: false, error: { kind: 'unreachable', isNobody: true } });
    expect(JSON.stringify(bare)).toContain('sourcesync init');
    const idle = stage.home('idle');
    await idle.json('init', '--label', 'idle', '--yes');
    const unstarted = JSON.parse(await node(ask, idle.folder)) as object;
    expect(unstarted).toMatchObject({ ok: false, error: { kind: 'unreachable', isNobody: true } });
    expect(JSON.stringify(unstarted)).toContain('No daemon runs for this home');
  });

  it('OA8 a stream of the client goes on behind its last event when the daemon was restarted', {
    timeout: 60_000,
  }, async () => {
    const client = home.client();
    const events = client.events();
    const first = events.next();
    // The stream is there once something that happens is heard.
    let writes = 0;
    const heard = await Promise.race([first, write()]);
    expect(heard?.value).toMatchObject({ type: 'record.changed' });
    await home.killDaemon('SIGTERM');
    await home.startDaemon();
    await client.putRecord('shell', 'after', { kind: 'alias', name: 'after', body: 'x' });
    const types: string[] = [];
    for await (const { type, data } of events) {
      types.push(type);
      if (data['id'] === 'after') {
        break;
      }
    }
    expect(types).toContain('gap');

    async function write(): Promise<undefined> {
      for (let isHeard = false; !isHeard; writes += 1) {
        await client.putRecord('shell', 'before', { kind: 'alias', name: 'before', body: `${writes}` });
        isHeard = await Promise.race([
          first.then(() => true),
          home
            .client()
            .status()
            .then(() => false),
        ]);
      }
      return first.then(() => undefined);
    }
  });
});

function install(folder: string): void {
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(said) as readonly [{ readonly filename: string }];
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', modules]);
  execFileSync('mv', [join(modules, 'package'), join(modules, 'sourcesync')]);
  for (const name of readdirSync(join(packageRoot, 'node_modules'))) {
    symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  }
}

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  SOURCESYNC_HOME: home.folder,
  PATH: [project, process.env['PATH']].join(delimiter),
});

async function shell(text: string): Promise<string> {
  const { stdout } = await run('sh', ['-euc', text], { cwd: project, env: environment() });
  // What commands say for people is not what is asked here.
  return text.includes('sourcesync clients') ? '' : stdout;
}

async function node(text: string, ...args: readonly string[]): Promise<string> {
  const file = join(project, 'program.mjs');
  await writeFile(file, text);
  const { stdout } = await run(process.execPath, [file, ...args], { cwd: project, env: environment() });
  return stdout;
}

/** What the compiler says of a program; empty where it is right. */
async function typed(text: string): Promise<string> {
  await writeFile(join(project, 'program.ts'), text);
  const strict = ['--strict', '--noEmit', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const flags = [...strict, '--moduleResolution', 'nodenext', '--exactOptionalPropertyTypes', 'program.ts'];
  return run(process.execPath, [compiler, ...flags], { cwd: project }).then(
    ({ stdout }) => stdout,
    (fault: { stdout: string }) => fault.stdout,
  );
}
