import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mountSmallDisk, unmountSmallDisk } from '../helpers/failing-disk.ts';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;
let folder: string;
/** For a user whom modes do not stop only a file system that is read-only does. */
const isRoot = process.getuid?.() === 0;
let isReadOnly = false;

beforeEach(async () => {
  stage = await openStage();
  folder = join(stage.root, 'desk');
  mkdirSync(folder);
  home = stage.home('desk');
});

afterEach(async () => {
  if (!isRoot && isReadOnly) {
    [folder, join(folder, 'state')].filter((one) => existsSync(one)).forEach((one) => chmodSync(one, 0o700));
  }
  unmountSmallDisk(folder);
  await stage.close();
});

/** False where this process may not mount. */
async function setUpReadOnly(isSetUp: boolean): Promise<boolean> {
  if (isRoot && !mountSmallDisk(folder, '16m')) {
    return false;
  }
  if (isSetUp) {
    await home.json('init', '--label', 'desk');
  }
  if (isRoot) {
    isReadOnly = spawnSync('mount', ['-o', 'remount,ro', folder]).status === 0;
  } else {
    [...(isSetUp ? ['state'] : []), ''].forEach((name) => chmodSync(join(folder, name), 0o500));
    isReadOnly = true;
  }
  return isReadOnly;
}

describe('31. a home that cannot be written (skipped by root where nothing can be mounted)', () => {
  it.for<[boolean, readonly string[]]>([
    [true, ['daemon', 'start']],
    [true, ['daemon', 'run']],
    [true, ['daemon', 'run', '--supervised']],
    [false, ['init', '--label', 'desk', '--yes']],
  ])('set up: %s; %j says the folder, the error and what to do', async ([isSetUp, command], { skip }) => {
    skip(!(await setUpReadOnly(isSetUp)), 'nothing can be mounted here');
    const { code, stderr } = await home.run(...command);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The folder \S*desk\S* cannot be written \((EROFS|EACCES)\), .* (remount,rw|chmod u\+rwx .*)\)\. Then run this command again\.\n$/,
    );
  });
});

it('32. a home whose state folder is gone from under a daemon is not offered to be set up anew', async () => {
  await home.json('init', '--label', 'desk');
  await home.startDaemon();
  renameSync(join(folder, 'state'), join(folder, 'state-away'));
  for (const command of [['status'], ['daemon', 'stop']]) {
    const { code, stderr } = await home.run(...command);
    expect(code).toBe(5);
    expect(stderr).toMatch(/a daemon may still run for this home .* Put \S+state back as it was/);
  }
  renameSync(join(folder, 'state-away'), join(folder, 'state'));
  expect(await home.run('status')).toMatchObject({ code: 0 });
});
