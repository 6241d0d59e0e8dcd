import { expect, it } from 'vitest';
import { joinBy } from '../helpers/joining.ts';
import { goTo } from '../helpers/page-browser.ts';
import { alias, valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { until } from '../helpers/processes.ts';
import { readPicture } from '../helpers/read-qr.ts';

describePage('the page of a home', (suite) => {
  it.each([
    ['an older one, which says no sentence', ({ glance: _glance, ...older }: Answer) => older],
    ['another one', (status: Answer) => ({ ...status, device: { ...status.device, version: '0.0.9' } })],
  ])('a daemon that was replaced by %s: nothing is claimed, and reloading is offered', async (_what, answered) => {
    const page = await suite.browser.open('about:blank');
    let loads = 0;
    page.on('request', (request) => (loads += request.isNavigationRequest() ? 1 : 0));
    await page.route('**/v1/status', async (route) => {
      const response = await route.fetch();
      const status = (await response.json()) as Answer;
      await route.fulfill({ response, json: loads > 1 ? status : answered(status) });
    });
    await page.goto(await suite.stage.address());
    await page.getByRole('heading', { name: 'The daemon is another version than this page' }).waitFor();
    await page.getByText('sourcesync daemon restart').waitFor();
    expect(await page.getByText('in step').count()).toBe(0);
    await page.getByRole('button', { name: 'Reload the page' }).click();
    await page.getByRole('heading', { name: /^in step/ }).waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('says what waits on another device, because this one lacks the authority, and how it would get it', async () => {
    const [desk, laptop] = [suite.stage.desk.client(), suite.stage.laptop.client()];
    for (const client of [desk, laptop]) {
      valueOf(await client.enable('sourceos.sync.agents'));
    }
    valueOf(await desk.putRecord('agents', 'helper', { name: 'helper', tools: ['shell'] }));
    const page = await suite.browser.open(await suite.stage.address());
    await page.getByText('1 item of agents is decided on another device: this one lacks the authority.').waitFor();
    await page.getByText('sourcesync devices role laptop writer --authority agents').waitFor();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(await page.locator('.queue-row').count()).toBe(0);
    valueOf(await desk.putRecord('agents', 'other', { name: 'other', tools: ['shell'] }));
    await page.getByText('2 items of agents are decided on another device').waitFor();
  });

  it('pairs a device by a code and its digits, and revokes it once that was confirmed', async () => {
    const desk = suite.stage.desk.client();
    const page = await suite.browser.open(valueOf(await desk.openPage()).url);
    await goTo(page, 'Devices');
    await page.getByText('Online now. It is an administrator.').waitFor();
    await page.getByRole('button', { name: 'Make a code' }).press('Enter');
    const line = await page.locator('.code-line').innerText();
    expect(line).toMatch(/^sourcesync pair join \S+ --label NAME$/);
    const picture = await page.getByRole('img', { name: 'the code, for a camera' }).screenshot();
    expect(await readPicture(await suite.browser.open('about:blank'), picture)).toBe(line.split(' ')[3]);

    const joining = joinBy(line.split(' ')[3] ?? '', suite.stage.home('phone'), 'phone');
    const digits = await joining.digits;
    const field = page.getByLabel('The six digits that phone shows');
    await field.pressSequentially(digits.slice(0, 5));
    expect(await page.getByRole('button', { name: 'Let it in' }).isDisabled()).toBe(true);
    await field.press('Enter');
    expect(valueOf(await desk.pairing()).state).toBe('confirm');
    await field.pressSequentially(digits.slice(5));
    await field.press('Enter');
    expect(await joining.exitCode).toBe(0);
    await page.getByRole('heading', { name: 'phone' }).waitFor();

    const revoke = page.getByRole('button', { name: 'Revoke… phone' });
    await revoke.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Revoke phone?' });
    await dialog
      .getByText(/a new key for \d+ devices?/)
      .first()
      .waitFor();
    // Whoever goes on typing leaves it: the first button is the one that does nothing.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    // However fast the keys follow each other, Escape leaves it.
    for (let round = 0; round < 10; round += 1) {
      await revoke.press('Enter');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    const isRevoked = async (): Promise<boolean | undefined> =>
      valueOf(await desk.devices()).items.find(({ label }) => label === 'phone')?.revoked;
    expect(await isRevoked()).toBe(false);
    await revoke.press('Enter');
    await dialog
      .getByText(/a new key for/)
      .first()
      .waitFor();
    await dialog.getByRole('button', { name: 'Revoke it' }).press('Enter');
    await page.getByText('Revoked: nothing that it writes counts any more.').waitFor();
    expect(await isRevoked()).toBe(true);
  });

  it('lets a device in by its own digits alone', async () => {
    const desk = suite.stage.desk.client();
    const page = await suite.browser.open(valueOf(await desk.openPage()).url);
    await goTo(page, 'Devices');
    await page.getByRole('button', { name: 'Make a code' }).click();
    const code = (await page.locator('.code-line').innerText()).split(' ')[3] ?? '';
    const joining = joinBy(code, suite.stage.home('stranger'), 'stranger');
    const digits = await joining.digits;
    await page.getByLabel('The six digits that stranger shows').fill(digits === '123456' ? '654321' : '123456');
    await page.getByRole('button', { name: 'Let it in' }).click();
    expect(await joining.exitCode).not.toBe(0);
    await page.getByRole('button', { name: 'Make a code' }).waitFor();
    expect(await page.getByRole('heading', { name: 'stranger' }).count()).toBe(0);
  });

  it('a slip of the keyboard decides nothing that is not taken back at once', async () => {
    const names = ['slipa', 'slipb', 'slipc'];
    for (const name of names) {
      await suite.stage.propose(`bash/alias/${name}`, alias(name, 'ls -l'));
    }
    const page = await suite.browser.open(await suite.stage.address());
    await page.getByRole('heading', { name: 'add alias slipa', level: 3 }).waitFor();
    for (const chord of ['Control+t', 'Alt+t', 'Meta+o']) {
      await page.keyboard.press(chord);
    }
    const hold = async (key: string, next: string): Promise<void> => {
      await page.keyboard.down(key);
      await page.getByRole('heading', { name: `add alias ${next}`, level: 3 }).waitFor();
      // It is held on, and the next item is there to be decided.
      for (let times = 0; times < 20; times++) {
        await page.keyboard.down(key);
      }
      await page.keyboard.up(key);
    };
    await hold('t', 'slipb');
    await page.getByRole('button', { name: /Take theirs/ }).focus();
    await hold('Enter', 'slipc');
    expect(await suite.stage.waiting()).toBe(1);
    for (const left of [2, 3]) {
      await page.keyboard.press('u');
      await until('it waits again', async () => (await suite.stage.waiting()) === left);
    }
    await until('no decision is left to take back', async () => page.locator('.undo-bar').isHidden());

    await page.getByText('3 changes of this author here are harmless: take them together').click();
    await page.getByRole('button', { name: 'Take all 3' }).press('Enter');
    await until('all are taken', async () => (await suite.stage.waiting()) === 0);
    await page.getByText('Took 3 changes.').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await until('all of them wait again', async () => (await suite.stage.waiting()) === 3);
  });
});

interface Answer {
  readonly glance?: object;
  readonly device: { readonly version: string };
}
