import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsOf } from '../../../engines/workspace/places/config-lines.ts';
import { remoteAddress } from '../../../engines/workspace/places/remote-address.ts';
import { repositories } from '../../../engines/workspace/places/repositories.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { runs } from '../../helpers/suite.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'repositories-')));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const origin = (url: string): string =>
  `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;

function clone(folder: string, config: string): void {
  put(`${folder}/.git/HEAD`, 'ref: refs/heads/main\n');
  put(`${folder}/.git/config`, config);
}

const seen = () => repositories.observe({ home, environment: {} });

async function records(): Promise<Readonly<Record<string, JsonObject>>> {
  const { units } = await seen();
  return Object.fromEntries(units.map(({ id, text }) => [id, repositories.fieldsOf(id, text)]));
}

describe('9 addresses that a person abbreviates', () => {
  const own = '[url "https://github.com/"]\n\tinsteadOf = gh:\n[url "git@github.com:team/"]\n\tinsteadOf = gh:t/\n';

  it.each([
    ['a short one is written out', 'gh:o/r', 'github.com%2Fo%2Fr', 'https://github.com/o/r'],
    ['the longest counts', 'gh:t/r', 'github.com%2Fteam%2Fr', 'ssh://git@github.com/team/r'],
    ['another host stays', 'gl:o/r', 'gl%2Fo%2Fr', 'ssh://gl/o/r'],
    ['a host of the world stays', 'https://gitlab.com/o/r', 'gitlab.com%2Fo%2Fr', 'https://gitlab.com/o/r'],
  ])('%s: %j', async (_name, url, name, address) => {
    put('.gitconfig', `${own}[url "https://mirror.example/"]\n\tinsteadOf = https://gitlab.com/\n`);
    clone('src/one', origin(url));
    expect(await records()).toMatchObject({
      [`repositories/repo/${name}`]: { props: { remotes: { origin: address } } },
    });
  });

  it('in the clone itself, or in the other file of git, too', async () => {
    clone('src/one', `${origin('mine:r')}[url "https://example.org/ann/"]\n\tinsteadOf = mine:\n`);
    put('.config/git/config', own);
    clone('src/two', origin('gh:o/two'));
    expect(Object.keys(await records()).sort()).toEqual([
      'repositories/repo/example.org%2Fann%2Fr',
      'repositories/repo/github.com%2Fo%2Ftwo',
    ]);
  });
});

describe('9 clones below the folders that people work in', () => {
  it('are records by where they came from, without who fetched them', async () => {
    clone('src/one', origin('https://ann:secret@GitHub.com/o/One.git'));
    put('src/one/.git/refs/remotes/origin/HEAD', 'ref: refs/remotes/origin/trunk\n');
    clone('code/deep/er/two', origin('git@gitlab.com:group/sub/two.git'));
    clone('projects/local', origin('../elsewhere.git'));
    clone(
      'Developer/a/b/c/d',
      `${origin('ssh://git@git.example.org:2222/r.git')}[remote "up"]\n\turl = https://github.com/x/r\n`,
    );
    clone('Developer/a/b/c/e/f', origin('https://github.com/too/deep'));
    clone('elsewhere/x', origin('https://github.com/not/here'));
    const read = await seen();
    expect(await records()).toEqual({
      'repositories/repo/github.com%2Fo%2FOne': {
        ...{ kind: 'repo', title: 'One' },
        props: { remotes: { origin: 'https://github.com/o/One' }, defaultBranch: 'trunk' },
      },
      'repositories/repo/gitlab.com%2Fgroup%2Fsub%2Ftwo': {
        ...{ kind: 'repo', title: 'two', props: { remotes: { origin: 'ssh://git@gitlab.com/group/sub/two' } } },
      },
      'repositories/repo/git.example.org%3A2222%2Fr': {
        ...{ kind: 'repo', title: 'r' },
        props: { remotes: { origin: 'ssh://git@git.example.org:2222/r.git', up: 'https://github.com/x/r' } },
      },
    });
    expect(read).toMatchObject({ faults: [], leftAlone: 1 });
    expect(JSON.stringify(read.units)).not.toContain('secret');
    expect(read.units.every(({ id, text }) => repositories.unitOf(id, JSON.parse(text) as JsonObject) === text)).toBe(
      true,
    );
  });

  it('are one where two are of one address, and follow no symbolic link', async () => {
    clone('src/a', origin('https://github.com/o/r'));
    clone('src/b', origin('git@github.com:o/r.git'));
    clone('data/c', origin('https://github.com/o/c'));
    symlinkSync(join(home, 'data'), join(home, 'src', 'link'));
    symlinkSync(home, join(home, 'code'));
    mkdirSync(join(home, 'src', 'd'));
    symlinkSync(join(home, 'data', 'c', '.git'), join(home, 'src', 'd', '.git'));
    expect(Object.keys(await records())).toEqual(['repositories/repo/github.com%2Fo%2Fr']);
    expect((await seen()).units.map(({ path }) => path)).toEqual([join(home, 'src/a/.git')]);
    expect(repositories.lookedAt({ home, environment: {} })[0]).toBe(join(home, 'src/.git'));
  });

  it.each([
    ['no HEAD', { config: origin('https://github.com/o/r') }],
    ['no configuration', { HEAD: 'ref: refs/heads/main\n' }],
    ['a token in its address', { HEAD: 'x', config: origin('https://example.org/ghp_0123456789abcdefghij/r') }],
    ['a program for an address', { HEAD: 'x', config: origin('ext::sh -c "touch x"') }],
    ['a configuration of other bytes', { HEAD: 'x', config: '\ud800\0\u0001[[[' }],
    ['an endless one', { HEAD: 'x', config: '[remote "origin"]\n'.repeat(400_000) }],
  ])('9 one with %s is left alone', async (_name, files) => {
    Object.entries(files).forEach(([name, text]) => put(`src/r/.git/${name}`, text));
    expect(await seen()).toMatchObject({ units: [], faults: [], leftAlone: 1 });
  });

  it.each(['gitdir: ../../nowhere', 'gitdir: ', 'gitdir: /etc', `gitdir: ${'x/'.repeat(5000)}`, '', 'x'.repeat(1000)])(
    '9 a .git that says %j is left alone',
    async (text) => {
      put('src/r/.git', text);
      expect(await seen()).toMatchObject({ units: [], leftAlone: 1 });
    },
  );

  it('9 50 of them are found among many files (100,000 in the deep suite), while others work', async () => {
    for (let at = 0; at < 50; at++) {
      clone(`src/group${at % 5}/r${at}`, origin(`https://github.com/o/r${at}`));
    }
    for (let at = 0; at < 200; at++) {
      const folder = join(home, at < 100 ? `src/group${at % 5}/r${at % 50}/x${at}` : `code/x${at}`);
      mkdirSync(folder, { recursive: true });
      execFileSync('sh', ['-c', `i=0; while [ $i -lt ${runs(25, 500)} ]; do : > f$i; i=$((i+1)); done`], {
        cwd: folder,
      });
    }
    const start = processorMs();
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    expect((await seen()).units).toHaveLength(50);
    clearInterval(turning);
    const spent = processorMs() - start;
    expect(spent).toBeLessThan(1000);
    expect(turns).toBeGreaterThan(2);
  }, 60_000);
});

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)(`9 what git itself made${hasGit ? '' : ' (left out: git is not installed here)'}`, () => {
  const environment = {
    ...process.env,
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z' },
    ...{ GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z', GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org' },
    ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.org' },
  };
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-C', join(home, folder), ...args], { env: environment, encoding: 'utf8' }).trim();

  function made(folder: string): void {
    mkdirSync(join(home, folder), { recursive: true });
    git(folder, 'init', '-q', '-b', 'main');
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'second');
  }

  it('has a work tree beside it and is one record, and a clone knows its default branch', async () => {
    made('origin');
    git('.', 'clone', '-q', join(home, 'origin'), join(home, 'src', 'r'));
    git('src/r', 'remote', 'set-url', 'origin', 'git@github.com:o/r.git');
    git('src/r', 'config', 'core.fsmonitor', `touch ${join(home, 'ran')}`);
    git('src/r', 'worktree', 'add', '-q', '../tree');
    expect(await records()).toEqual({
      'repositories/repo/github.com%2Fo%2Fr': {
        ...{ kind: 'repo', title: 'r' },
        props: { remotes: { origin: 'ssh://git@github.com/o/r' }, defaultBranch: 'main' },
      },
    });
    expect((await seen()).leftAlone).toBe(0);
    rmSync(join(home, 'ran'), { force: true });
    await seen();
    expect(existsSync(join(home, 'ran'))).toBe(false);
  });

  it('is called by its first commit where it has no remote, as long as that lies open', async () => {
    made('src/mine');
    const root = git('src/mine', 'rev-list', '--max-parents=0', 'HEAD');
    expect(await records()).toEqual({
      [`repositories/repo/root%3A${root}`]: { kind: 'repo', title: 'mine', props: {} },
    });
    const [unit] = (await seen()).units;
    expect(unit && repositories.unitOf(unit.id, { kind: 'repo', title: 'mine', props: {} })).toBe(unit?.text);
    git('src/mine', 'gc', '-q', '--prune=now');
    expect(await seen()).toMatchObject({ units: [], leftAlone: 1 });
  });

  it('reads a configuration as git does', () => {
    const text = [
      ...[
        '[remote "a\\"b"]',
        '\turl = "https://example.org/x;y" ; behind',
        '# [remote "no"]',
        '[Remote "up"] URL = one\\',
        'two',
      ],
      ...[
        '[remote "up"]',
        'pushurl',
        '\turl=three # x',
        '[url "https://example.org/"]',
        '\tinsteadOf = "a b" c',
        '[core]',
        'x = a\\tb',
        '',
      ],
    ].join('\n');
    const path = put('config', text);
    const said = execFileSync('git', ['config', '-z', '--file', path, '--list'], { encoding: 'utf8' });
    const ours = settingsOf(text).map(
      ({ section, part, key, value }) =>
        [section, ...(part === '' ? [] : [part]), key].join('.') + (key === 'pushurl' ? '' : `\n${value}`),
    );
    expect(ours).toEqual(said.split('\0').filter(Boolean));
  });
});

describe('9 an address', () => {
  it.each([
    ['https://Example.org/o/r.git/', 'https://example.org/o/r.git', 'o/r'],
    ['https://github.com/o/r.git', 'https://github.com/o/r', 'o/r'],
    ['https://github.com:443/o/r', 'https://github.com/o/r', 'o/r'],
    ['git@github.com:o/r.git', 'ssh://git@github.com/o/r', 'o/r'],
    ['github.com:o/r', 'ssh://github.com/o/r', 'o/r'],
    ['git+ssh://git@github.com:22/o/r', 'ssh://git@github.com/o/r', 'o/r'],
    ['ann@host.example:r', 'ssh://host.example/r', 'r'],
    ['http://ann@host.example:8080/r?token=x#y', 'http://host.example:8080/r', 'r'],
  ])('%s is %s', (written, text, path) => {
    expect(remoteAddress(written)).toMatchObject({ text, path });
  });

  it.each([
    '',
    '/srv/git/r',
    '../r',
    './r',
    'r',
    'file:///srv/r',
    'C:\\r',
    'C:/r',
    'a b:c',
    'https://',
    'https:///x',
    '~/r',
  ])('%j is none that another machine has', (written) => {
    expect(remoteAddress(written)).toBeUndefined();
  });

  it('law: what is written of it is read as the same', () => {
    const parts = fc.tuple(fc.constantFrom('https', 'ssh', 'http', 'git', 'x'), fc.domain(), fc.webPath(), fc.string());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map(([s, d, p, u]) => `${s}://${u}@${d}${p}`),
        ),
        (written) => {
          const address = remoteAddress(written);
          const again = address && remoteAddress(address.text);
          expect(again && { ...again, hasCredentials: false }).toEqual(
            address && { ...address, hasCredentials: false },
          );
          expect(again?.hasCredentials ?? false).toBe(false);
        },
      ),
      { numRuns: runs(500, 2000) },
    );
  });
});
