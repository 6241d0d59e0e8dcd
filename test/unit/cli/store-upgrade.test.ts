import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoreCommands } from '../../../src/daemon/offline/store-commands.ts';
import { packageVersion } from '../../../src/daemon/ground/package-root.ts';
import { currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
import { makeFirstVersion, planOf, readVersion } from '../store/first-version.ts';
import { type StoreHome, createStoreHome } from '../store/store-home.ts';
import { run } from './setup-cli.ts';

let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const said = async (plan = currentPlan(), ...args: readonly string[]) =>
  run({ local: { store: async () => createStoreCommands({ database: home.path }, plan) } }, 'store', ...args);

describe('store upgrade', () => {
  it('shows the plan and what came of it on a copy', async () => {
    makeFirstVersion(home);
    const { exitCode, out } = await said(undefined, 'upgrade', '--dry-run');
    const text = out.join('\n');
    expect([exitCode, text]).toEqual([
      0,
      expect.stringContaining(`of version 1; SourceSync ${packageVersion} works with version 2`),
    ]);
    expect(text).toMatch(/Steps: to version 2\. The store \(\d+ KiB\) is copied before/);
    expect(text).toMatch(/takes \d+\.\d MiB on the disk of .*; .* are free/);
    expect(text).toMatch(/it works, and took \d+ ms[\s\S]*sourcesync daemon start/);
    const { documents } = await said(undefined, 'upgrade', '--dry-run', '--json');
    expect(documents).toMatchObject([{ found: 1, version: 2, steps: [2], failure: null, program: packageVersion }]);
    expect(readVersion(home.path)).toMatchObject({ version: 1 });
  });

  it('says what fails, with exit code 1', async () => {
    makeFirstVersion(home);
    const plan = planOf('insert into nowhere values (1)');
    const { exitCode, out } = await said(plan, 'upgrade', '--dry-run');
    expect([exitCode, out.join('\n')]).toEqual([
      1,
      expect.stringMatching(/it fails\. the step to version 3: no such table: nowhere/),
    ]);
    const json = await said(plan, 'upgrade', '--dry-run', '--json');
    expect(json.documents[0]).toMatchObject({ failure: expect.stringContaining('nowhere') });
  });

  it('says where there is nothing to do, no store, or it is in use', async () => {
    const missing = await said(undefined, 'upgrade', '--dry-run');
    expect(missing).toMatchObject({ exitCode: 5, notes: expect.stringContaining('sourcesync init') });
    const store = home.open();
    const held = await said(undefined, 'upgrade', '--dry-run');
    expect(held).toMatchObject({ exitCode: 1, notes: expect.stringContaining(`process ${process.pid}`) });
    store.close();
    const nothing = await said(undefined, 'upgrade', '--dry-run');
    expect(nothing.out.join()).toContain('There is nothing to upgrade.');
  });

  it('without --dry-run says who does it', async () => {
    expect(await said(undefined, 'upgrade')).toMatchObject({
      exitCode: 2,
      notes: expect.stringContaining('daemon start'),
    });
  });
});

describe('store rollback', () => {
  it('shows what it would do and what is lost, and does it with --yes', async () => {
    makeFirstVersion(home);
    home.open().close();
    const planned = (await said(undefined, 'rollback')).out.join('\n');
    expect(planned).toMatch(/would be put back: version 1 in place of 2/);
    expect(planned).toContain('0 changes more in the store than in the copy');
    expect(planned).toContain('install the version of SourceSync that was used before');
    expect(planned).toContain('Do it with: sourcesync store rollback --yes');
    expect(readVersion(home.path)).toMatchObject({ version: 2 });
    const { documents } = await said(undefined, 'rollback', '--yes', '--json');
    expect(documents).toMatchObject([{ executed: true, from: 2, to: 1, changesLost: 0 }]);
    expect(readVersion(home.path)).toMatchObject({ version: 1 });
  });

  it('says why it cannot', async () => {
    expect(await said(undefined, 'rollback')).toMatchObject({ exitCode: 5 });
    home.open().close();
    const none = await said(undefined, 'rollback', '--yes', '--json');
    expect(none).toMatchObject({ exitCode: 1, documents: [{ detail: expect.stringContaining('There is no copy') }] });
  });
});
