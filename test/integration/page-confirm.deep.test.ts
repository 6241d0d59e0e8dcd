import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScopeId } from '../../src/base/ids.ts';
import type { QuarantineBody } from '../../src/api/types/bodies.ts';
import { craftChange } from '../helpers/crafted-batch.ts';
import { violations } from '../helpers/page-axe.ts';
import { type PageBrowser, goTo } from '../helpers/page-browser.ts';
import { plantedSecrets } from '../helpers/planted-secrets.ts';
import { type PageStage, valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { until } from '../helpers/processes.ts';
import { withKeysOf } from '../helpers/stolen-keys.ts';

const schemes = ['light', 'dark'] as const;
const names = ['one', 'two'] as const;

describePage('what the page asks for once more', (suite) => {
  async function open(section: string, options: Parameters<PageBrowser['open']>[1] = {}): Promise<Page> {
    const page = await suite.browser.open(valueOf(await suite.stage.desk.client().openPage()).url, options);
    await goTo(page, section);
    return page;
  }

  it('revokes a client once that was confirmed', async () => {
    const desk = suite.stage.desk.client();
    const token = valueOf(await desk.addClient({ name: 'reader', capabilities: ['records.read'] })).id;
    const state = async (): Promise<string | undefined> =>
      valueOf(await desk.clients()).items.find(({ id }) => id === token)?.state;
    const page = await open('Settings');
    const dialog = page.getByRole('dialog', { name: 'Revoke reader?' });
    await leavesIt(page, page.getByRole('button', { name: 'Revoke… reader' }), dialog);
    expect(await state()).toBe('active');
    await page.getByRole('button', { name: 'Revoke… reader' }).press('Enter');
    await does(page, dialog.getByRole('button', { name: 'Revoke it' }), 'reader is revoked.');
    expect(await state()).toBe('revoked');
    await page.getByRole('heading', { name: 'reader' }).waitFor({ state: 'detached' });
  });

  it('says of a client that somebody else revoked meanwhile that it is so already', async () => {
    const desk = suite.stage.desk.client();
    const { id } = valueOf(await desk.addClient({ name: 'late', capabilities: ['records.read'] }));
    const page = await open('Settings');
    await page.getByRole('button', { name: 'Revoke… late' }).press('Enter');
    valueOf(await desk.revokeClient(id));
    await isRefused(page, 'Revoke it', 'The client late was revoked already.');
    await page.getByRole('heading', { name: 'late' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: /^Revoke…/ }).count()).toBe(0);
  });

  it('revokes a lease once that was confirmed, and says of one that has gone that it has', async () => {
    const desk = suite.stage.desk.client();
    for (const name of names) {
      await suite.stage.desk.json('lease', 'grant', '--agent', name, '--capability', 'records.write');
    }
    const leases = async (): Promise<Readonly<Record<string, { state: string; leaseId: string }>>> =>
      Object.fromEntries(valueOf(await desk.leases()).items.map((one) => [one.agentId.split(':').at(-1), one]));
    const page = await open('Settings');
    const button = page.getByRole('button', { name: 'Revoke… the lease of one' });
    const dialog = page.getByRole('dialog', { name: 'Revoke the lease of one?' });
    await leavesIt(page, button, dialog);
    expect((await leases())['one']?.state).toBe('active');
    await button.press('Enter');
    await does(page, dialog.getByRole('button', { name: 'Revoke it' }), 'The lease is revoked.');
    expect(await leases()).toMatchObject({ one: { state: 'revoked' }, two: { state: 'active' } });

    const two = (await leases())['two']?.leaseId ?? '';
    await page.getByRole('button', { name: 'Revoke… the lease of two' }).press('Enter');
    valueOf(await desk.revokeLease(two));
    await isRefused(page, 'Revoke it', `${two} is revoked already.`);
    await page.getByText('No agent may write.').waitFor();
  });

  describe('what was set aside', () => {
    let held: readonly QuarantineBody[];

    beforeAll(async () => {
      const desk = suite.stage.desk.client();
      await suite.stage.laptop.killDaemon('SIGTERM');
      sendStrange(suite.stage);
      await suite.stage.laptop.startDaemon();
      await until('it is set aside', async () => {
        held = valueOf(await desk.quarantine()).items;
        return held.length === 4;
      });
    });

    const status = async (recordId: string): Promise<string> => {
      const id = held.find((one) => one.recordId === recordId)?.id ?? '';
      return valueOf(await suite.stage.desk.client().quarantined(id)).status;
    };
    const row = (page: Page, recordId: string): Locator =>
      page.getByRole('listitem').filter({ has: page.getByText(recordId, { exact: true }) });

    it('is let in once that was confirmed, and is live then', async () => {
      const page = await open('Audit and trust');
      const button = row(page, 'let-in').getByRole('button', { name: /^Let it in/ });
      const dialog = page.getByRole('dialog', { name: 'Let it in?' });
      await leavesIt(page, button, dialog);
      expect(await status('let-in')).toBe('held');
      await button.press('Enter');
      await does(page, dialog.getByRole('button', { name: 'Let it in' }), 'Let in.');
      expect(await status('let-in')).toBe('released');
      expect(valueOf(await suite.stage.desk.client().record('workspace', 'let-in')).state).toBe('live');
    });

    it('is dropped once that was confirmed, and never counts', async () => {
      const page = await open('Audit and trust');
      const button = row(page, 'dropped').getByRole('button', { name: /^Drop it/ });
      const dialog = page.getByRole('dialog', { name: 'Drop it?' });
      await leavesIt(page, button, dialog);
      expect(await status('dropped')).toBe('held');
      await button.press('Enter');
      await does(page, dialog.getByRole('button', { name: 'Drop it' }), 'Dropped.');
      expect(await status('dropped')).toBe('dropped');
    });

    it('says what somebody else did with it meanwhile, and why something cannot be let in', async () => {
      const page = await open('Audit and trust');
      await row(page, 'overtaken')
        .getByRole('button', { name: /^Drop it/ })
        .press('Enter');
      const id = held.find(({ recordId }) => recordId === 'overtaken')?.id ?? '';
      valueOf(await suite.stage.desk.client().settleQuarantined(id, 'drop'));
      await isRefused(page, 'Drop it', `${id} was dropped already.`);
      await row(page, 'overtaken').waitFor({ state: 'detached' });
      await row(page, 'nowhere')
        .getByRole('button', { name: /^Let it in/ })
        .press('Enter');
      await isRefused(page, 'Let it in', /nowhere/);
      expect(await status('nowhere')).toBe('held');
    });
  });

  it.each(schemes)('breaks no rule of WCAG 2.2 AA while it asks: %s, 360 px', async (colorScheme) => {
    valueOf(await suite.stage.desk.client().addClient({ name: `axe-${colorScheme}`, capabilities: ['records.read'] }));
    const page = await open('Settings', { colorScheme, viewport: { width: 360, height: 740 } });
    await page.getByRole('button', { name: `Revoke… axe-${colorScheme}` }).press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

/** Enter on the button that has the focus leaves it, and so does Escape, also of whoever types both at once. */
async function leavesIt(page: Page, button: Locator, dialog: Locator): Promise<void> {
  await button.press('Enter');
  await dialog.waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Leave it');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  for (const key of ['Enter', 'Escape', 'Enter', 'Escape', 'Escape']) {
    await button.press('Enter');
    await page.keyboard.press(key);
    await dialog.waitFor({ state: 'detached' });
    // Whoever left it goes on from where they were.
    expect(await button.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  }
}

async function does(page: Page, verb: Locator, said: string): Promise<void> {
  await verb.press('Enter');
  await page.getByRole('status').getByText(said).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** The question stays and says why it was not done, until it is left. */
async function isRefused(page: Page, verb: string, words: string | RegExp): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: verb }).press('Enter');
  await dialog.getByRole('alert').getByText(words).waitFor();
  await dialog.getByRole('button', { name: 'Leave it' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** What looks like a secret waits for a person; what no engine here serves waits for one that does. */
function sendStrange({ laptop }: PageStage): void {
  const [, secret = ''] = plantedSecrets.find(([rule]) => rule === 'npm') ?? [];
  withKeysOf(laptop, ({ replica, send }) => {
    const scope = replica.scopes().find(({ state, local }) => state.kind === 'workspace' && !local);
    send(scope?.state.scopeId as ScopeId, [
      ...['let-in', 'dropped', 'overtaken'].map((objectId) =>
        craftChange({ objectId, value: { kind: 'task', title: `use ${secret}` } }),
      ),
      craftChange({ collection: 'nowhere', objectId: 'nowhere' }),
    ]);
  });
}
