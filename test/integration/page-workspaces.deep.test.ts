import { expect, it } from 'vitest';
import { violations } from '../helpers/page-axe.ts';
import { goTo } from '../helpers/page-browser.ts';
import { valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { until } from '../helpers/processes.ts';

describePage('workspaces on the page', (suite) => {
  it('SC1 are chosen for a collection by the keyboard, once it was seen what that does', async () => {
    const client = suite.stage.desk.client();
    valueOf(await client.putRecord('notes', 'mine.md', { kind: 'note', text: 'mine' }));
    const page = await suite.browser.open(valueOf(await client.openPage()).url);
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Relay and sync' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Workspaces' }).count()).toBe(0);

    valueOf(await client.createScope('workspace', 'Club'));
    await page.reload();
    await page.getByRole('heading', { name: 'Workspaces' }).waitFor();
    const club = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Club' }) });
    await club.getByText('Serves nothing on this device.').waitFor();
    // What says what others may do is not offered.
    expect(await club.getByRole('button', { name: /agents/ }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);

    await club.getByRole('button', { name: 'Use for notes… Club' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Use Club for notes?' });
    await dialog.getByText(/^1 record of the other one/).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await idsOf()).toEqual(['mine.md']);

    await club.getByRole('button', { name: 'Use for notes… Club' }).press('Enter');
    await dialog.getByText(/^1 record of the other one/).waitFor();
    await dialog.getByRole('button', { name: 'Use it' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await club.getByText('Serves notes.').waitFor();
    await until('its notes are gone from the view', async () => (await idsOf()).length === 0);

    await page.getByRole('button', { name: /^Use for notes/ }).press('Enter');
    const back = page.getByRole('dialog', { name: /for notes\?$/ });
    // Until the plan is there nothing can be done, and Enter would cancel.
    await back.getByRole('list').waitFor();
    await back.getByRole('button', { name: 'Use it' }).press('Enter');
    await back.waitFor({ state: 'detached' });
    await until('they are back', async () => (await idsOf()).join() === 'mine.md');

    async function idsOf(): Promise<readonly string[]> {
      return valueOf(await client.records('notes', {})).items.map(({ id }) => id);
    }
  });
});
