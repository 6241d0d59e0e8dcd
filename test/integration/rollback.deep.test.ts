import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a file of a linked folder', () => {
  it('invariant 12: goes back to a version with its content and its mode, changed or deleted', async () => {
    const home = stage.home('desk');
    await home.json('init', '--yes');
    await home.startDaemon();
    const folder = join(stage.root, 'dotfiles');
    const file = join(folder, 'tool.sh');
    await mkdir(folder);
    await writeFile(file, '#!/bin/sh\necho one\n');
    await chmod(file, 0o755);
    await home.json('link', 'sourceos.sync.shell', folder);
    const [first] = await versionsOf(home, 1);

    await writeFile(file, '#!/bin/sh\necho two\n');
    await chmod(file, 0o644);
    await until('the edit and its mode are a version', async () => {
      const record = (await home.json('records', 'get', 'shell', 'tool.sh')) as {
        fields: { body: string; executable?: boolean };
      };
      return record.fields.body.includes('two') && record.fields.executable !== true;
    });
    await home.json('records', 'rollback', 'shell', 'tool.sh', '--to', first ?? '');
    await until('the file is what it was', async () => isFirst(file));

    await rm(file);
    await until('the record is deleted too', async () => {
      const record = (await home.json('records', 'get', 'shell', 'tool.sh')) as { state: string };
      return record.state === 'tombstoned';
    });
    await home.json('records', 'rollback', 'shell', 'tool.sh', '--to', first ?? '');
    await until('the file is back as it was', async () => isFirst(file));
    expect(await readFile(file, 'utf8')).toBe('#!/bin/sh\necho one\n');
  });
});

async function isFirst(file: string): Promise<boolean> {
  try {
    const isSame = (await readFile(file, 'utf8')) === '#!/bin/sh\necho one\n';
    return isSame && ((await stat(file)).mode & 0o100) !== 0;
  } catch {
    return false;
  }
}

async function versionsOf(home: Home, atLeast: number): Promise<readonly string[]> {
  let versions: readonly string[] = [];
  await until('the file is a record', async () => {
    const history = (await home.json('records', 'history', 'shell', 'tool.sh')) as { items: { changeId: string }[] };
    versions = history.items.map(({ changeId }) => changeId);
    return versions.length >= atLeast;
  });
  return versions;
}
