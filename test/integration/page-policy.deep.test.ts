import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { PolicyBody, PolicyKeyBody } from '../../src/api/types/policy.ts';
import { violations } from '../helpers/page-axe.ts';
import { type PageBrowser, goTo } from '../helpers/page-browser.ts';
import { valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { type Home, until } from '../helpers/processes.ts';

const views = [
  ['light', 1440],
  ['dark', 360],
] as const;

describePage('policy on the page', (suite) => {
  async function open(home: Home, options: Parameters<PageBrowser['open']>[1] = {}): Promise<Page> {
    const page = await suite.browser.open(valueOf(await home.client().openPage()).url, options);
    await goTo(page, 'Settings');
    return page;
  }

  it('says what is to be done first: the engine is turned on, and an organisation made', async () => {
    const page = await open(suite.stage.desk);
    await page.getByText('sourcesync engines enable policy').waitFor();
    expect(await page.getByText('Set a rule', { exact: true }).count()).toBe(0);
    valueOf(await suite.stage.desk.client().enable('sourceos.sync.policy-fabric'));
    await page.getByText('sourcesync scopes create org NAME').waitFor();
    valueOf(await suite.stage.desk.client().createScope('org', 'Team'));
    await page.reload();
    await page.getByText('Set a rule', { exact: true }).waitFor();
    await page.getByText('No rule is set: what the manifests say holds.').waitFor();
  });

  it('sets a rule by the keyboard, once its change was seen and confirmed', async () => {
    const page = await open(suite.stage.desk);
    await wish(page, 'write.shell', 'denied');
    const dialog = page.getByRole('dialog', { name: 'Write into org a rule for write.shell?' });
    await dialog.getByText('allowed, because no layer says anything').waitFor();
    await dialog.getByText('denied', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await holds(suite.stage.desk, 'write.shell')).toBeNull();
    await page.getByRole('button', { name: 'See what it changes…' }).press('Enter');
    await write(dialog, 'Write it');
    expect(await holds(suite.stage.desk, 'write.shell')).toEqual({ kind: 'decision', value: 'deny' });
    await page.getByRole('heading', { name: 'write.shell: denied' }).waitFor();
    const record = await suite.stage.desk.client().putRecord('shell', 'x', { kind: 'alias', name: 'x', body: 'ls' });
    expect(record.ok).toBe(false);
  });

  it('says of a weaker rule that nothing changes, and which layer decides', async () => {
    const page = await open(suite.stage.desk);
    await wish(page, 'write.shell', 'allowed', 'workspace');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What holds stays as it is: denied.').waitFor();
    await write(dialog, 'Write it');
    const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^write\.shell/ }) });
    await item.getByText('workspace says: allowed').waitFor();
    expect(await item.getByText('org says: denied').innerText()).toContain('decides');
    expect(await item.getByText('workspace says: allowed').innerText()).not.toContain('decides');
  });

  it('says of the floor of this device that it is stronger, and offers not to take it away', async () => {
    const { config } = await suite.stage.desk.json<{ config: string }>('paths');
    await suite.stage.desk.json('policy', 'set', 'write.memory', 'decision', 'allow');
    await mkdir(dirname(config), { recursive: true });
    await appendFile(config, '\n[policy.floor]\n"write.memory" = { kind = "decision", value = "deny" }\n');
    const page = await open(suite.stage.desk);
    const item = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'write.memory: denied' }) });
    await item.getByText('The floor of this device is stronger').waitFor();
    expect(await item.getByRole('button').allInnerTexts()).toEqual([expect.stringContaining('Take org’s away')]);
  });

  it('says what is wrong with a rule, and what a key is called', async () => {
    const page = await open(suite.stage.desk);
    await wish(page, 'disk.size', 'denied');
    await page.getByText('This build knows no such key. Known are engine').waitFor();
    await page.getByRole('dialog').getByRole('alert').getByText('no key that this build knows').waitFor();
    expect(await page.getByRole('button', { name: 'Write it' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByLabel('Key').fill('lease.lifetime_hours');
    await page.getByLabel('At most').fill('many');
    await page.getByLabel('At most').press('Enter');
    await page.getByRole('alert').getByText('Write a number.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('writes nothing over what somebody else wrote meanwhile', async () => {
    const page = await open(suite.stage.desk);
    await wish(page, 'write.browser', 'denied');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Would hold').waitFor();
    await suite.stage.desk.json('policy', 'set', 'write.notes', 'decision', 'deny');
    await dialog.getByRole('button', { name: 'Write it' }).press('Enter');
    await dialog.getByRole('alert').getByText('The policy of org has changed since it was read.').waitFor();
    expect(await holds(suite.stage.desk, 'write.browser')).toBeNull();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'write.notes: denied' }).waitFor();
    await page.getByRole('button', { name: 'See what it changes…' }).press('Enter');
    await write(dialog, 'Write it');
    expect(await holds(suite.stage.desk, 'write.browser')).toEqual({ kind: 'decision', value: 'deny' });
  });

  it('takes a rule away once that was confirmed', async () => {
    const page = await open(suite.stage.desk);
    const button = page.getByRole('button', { name: 'Take org’s away… write.shell' });
    await button.press('Enter');
    await page.keyboard.press('Escape');
    expect(await holds(suite.stage.desk, 'write.shell')).toEqual({ kind: 'decision', value: 'deny' });
    await button.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Take away what org says of write.shell?' });
    await dialog.getByText('allowed', { exact: true }).waitFor();
    await write(dialog, 'Take it away');
    expect(await holds(suite.stage.desk, 'write.shell')).toEqual({ kind: 'decision', value: 'allow' });
    await page.getByRole('heading', { name: 'write.shell: allowed' }).waitFor();
  });

  it('says on a device without the authority which command gives it, and sets nothing', async () => {
    valueOf(await suite.stage.laptop.client().enable('sourceos.sync.policy-fabric'));
    await until('the policy arrives', async () => {
      const policy = await suite.stage.laptop.client().policy();
      return policy.ok && policy.value.documents.length > 0 && policy.value.lacking !== null;
    });
    const page = await open(suite.stage.laptop);
    await page.getByText(/lacks the authority policy.*run on desk: sourcesync devices role laptop/).waitFor();
    await page.getByRole('heading', { name: 'write.notes: denied' }).waitFor();
    expect(await page.getByText('Set a rule', { exact: true }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Take .* away/ }).count()).toBe(0);
  });

  it.each(views)('breaks no rule of WCAG 2.2 AA: %s, %i px', async (colorScheme, width) => {
    const page = await open(suite.stage.desk, { colorScheme, viewport: { width, height: 800 } });
    await wish(page, 'write.models', 'a person is asked');
    await page.getByRole('dialog').getByText('Would hold').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

async function wish(page: Page, key: string, what: string, layer = 'org'): Promise<void> {
  await page.getByText('Set a rule', { exact: true }).press('Enter');
  await page.getByLabel('Key').fill(key);
  await page.getByLabel('Layer').selectOption(layer);
  await page.getByLabel('What shall hold').selectOption({ label: what });
  await page.getByRole('button', { name: 'See what it changes…' }).press('Enter');
  await page.getByRole('dialog').waitFor();
}

async function write(dialog: Locator, verb: string): Promise<void> {
  await dialog.getByText(/^Would hold|^What holds stays/).waitFor();
  await dialog.getByRole('button', { name: verb }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

async function holds(home: Home, key: string): Promise<PolicyKeyBody['rule']> {
  const { keys } = await home.json<PolicyBody>('policy', 'show');
  return keys.find((one) => one.key === key)?.rule ?? null;
}
