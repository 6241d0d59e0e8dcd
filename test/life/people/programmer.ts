import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { enter, inStep, save, textAt } from '../acts.ts';
import { vscode } from '../editors/vscode.ts';
import type { Life } from '../life.ts';
import { pathsBelow } from '../tree.ts';
import { bytesOf, edited, sourceText } from '../texts.ts';
import type { Scene } from './scene.ts';

const run = promisify(execFile);
const folder = 'workspace';
/** The repository is the desk's: what git keeps for itself does not travel, the files do. */
export const projectPath = 'project';
const branches = ['feature-a', 'feature-b', 'feature-c'];

/** Works in a real repository: commits, changes branches, stashes, rebases. Files come and go by the dozen. */
export const programmer: Scene = {
  name: 'somebody works with git',
  weight: 4,
  async play(life) {
    const { random } = life;
    await ensureProject(life);
    await git(life, 'add', '-A');
    await git(life, 'commit', '-q', '--allow-empty', '-m', 'What came in');
    for (let step = 0; step < 2 + random.below(3); step++) {
      await random.pick([commit, checkout, checkout, stash, rebase, discard])(life);
      const paths = pathsBelow(life.pair.desk.root(folder), projectPath);
      await inStep(
        life,
        paths.map((path) => ({ device: life.pair.desk, folder, path })),
      );
    }
  },
};

/** Makes the repository of what lies in the project, where a mass loss or nobody yet left none. */
async function ensureProject(life: Life): Promise<void> {
  const root = join(life.pair.desk.root(folder), projectPath);
  if (existsSync(join(root, '.git'))) {
    return;
  }
  await mkdir(root, { recursive: true });
  await git(life, 'init', '-q', '-b', 'main');
  await git(life, 'add', '-A');
  await git(life, 'commit', '-q', '-m', 'First');
}

async function commit(life: Life): Promise<void> {
  await editSome(life);
  await git(life, 'commit', '-q', '-a', '-m', 'Work');
}

/** Goes to a branch with a few files of its own, and back again. */
async function checkout(life: Life): Promise<void> {
  const { random } = life;
  const branch = random.pick(branches);
  if (await gitSays(life, 'rev-parse', '--verify', '-q', branch)) {
    const current = (await git(life, 'rev-parse', '--abbrev-ref', 'HEAD')).trim();
    await gitWrites(life, 'checkout', '-q', current === branch ? 'main' : branch);
    return;
  }
  await gitWrites(life, 'checkout', '-q', '-b', branch);
  for (const number of [0, 1, 2]) {
    const place = { device: life.pair.desk, folder, path: `${projectPath}/${branch}/${number}.py` } as const;
    await save(life, place, bytesOf(sourceText(random)), vscode);
  }
  await editSome(life);
  await git(life, 'add', '-A');
  await git(life, 'commit', '-q', '-m', `On ${branch}`);
}

async function stash(life: Life): Promise<void> {
  await editSome(life);
  await gitWrites(life, 'stash', '-q');
  await gitWrites(life, 'stash', 'pop', '-q');
  await git(life, 'commit', '-q', '-a', '-m', 'From the stash');
}

/** Puts a branch on top of what the main one has by now. */
async function rebase(life: Life): Promise<void> {
  const branch = life.random.pick(branches);
  if (!(await gitSays(life, 'rev-parse', '--verify', '-q', branch))) {
    return checkout(life);
  }
  await gitWrites(life, 'checkout', '-q', branch);
  const isDone = await gitWrites(life, 'rebase', '-q', 'main').then(
    () => true,
    () => false,
  );
  if (!isDone) {
    await gitWrites(life, 'rebase', '--abort');
  }
  await gitWrites(life, 'checkout', '-q', 'main');
}

/** Changes files, saves, and takes all of it back. */
async function discard(life: Life): Promise<void> {
  await editSome(life);
  await gitWrites(life, 'checkout', '-q', '.');
}

async function editSome(life: Life): Promise<void> {
  const paths = pathsBelow(life.pair.desk.root(folder), projectPath).filter((path) => path.endsWith('.py'));
  for (const path of life.random.shuffled(paths).slice(0, 8)) {
    const place = { device: life.pair.desk, folder, path } as const;
    await save(life, place, bytesOf(edited(await textAt(place), life.random)), vscode);
  }
}

function contents(life: Life): ReadonlyMap<string, Uint8Array> {
  const root = life.pair.desk.root(folder);
  return new Map(pathsBelow(root, projectPath).map((path) => [path, readFileSync(join(root, path))]));
}

/** A command that writes into the working tree, and may do so half before it fails. */
async function gitWrites(life: Life, ...words: readonly string[]): Promise<void> {
  const before = contents(life);
  try {
    await git(life, ...words);
  } finally {
    enterChanges(life, before);
  }
}

/** What git wrote is a person's text like any other; what it took away it keeps itself. */
function enterChanges(life: Life, before: ReadonlyMap<string, Uint8Array>): void {
  const after = contents(life);
  const device = life.pair.desk;
  for (const [path, bytes] of after) {
    const old = before.get(path);
    if (old === undefined || Buffer.compare(old, bytes) !== 0) {
      life.ledger.replacing(device.name, folder, path);
      enter(life, { device, folder, path }, old, bytes, 'git');
    }
  }
  for (const path of before.keys()) {
    if (!after.has(path)) {
      life.ledger.replacing(device.name, folder, path);
      life.losses.lost(folder, path);
    }
  }
}

async function git(life: Life, ...words: readonly string[]): Promise<string> {
  const cwd = join(life.pair.desk.root(folder), projectPath);
  // One clock and one author, so that the same work makes the same commits; nothing of the person's own settings.
  const fixed = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
  const nobody = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' };
  const settings = ['user.name=Life', 'user.email=life@example.org', 'gc.auto=0', 'core.autocrlf=false'];
  const { stdout } = await run('git', [...settings.flatMap((setting) => ['-c', setting]), ...words], {
    cwd,
    env: { ...process.env, ...fixed, ...nobody },
  });
  return stdout;
}

async function gitSays(life: Life, ...words: readonly string[]): Promise<boolean> {
  return git(life, ...words).then(
    () => true,
    () => false,
  );
}

/** False where there is no git, which is said and makes the life poorer by one kind of people. */
export async function hasGit(): Promise<boolean> {
  return run('git', ['--version']).then(
    () => true,
    () => false,
  );
}
