import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from '../helpers/page-axe.ts';
import { type PageBrowser, goTo } from '../helpers/page-browser.ts';
import { shellFunction, valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { until } from '../helpers/processes.ts';

const left = 'left where both sides contradict each other.';

describePage('merging by hand on the page', (suite) => {
  const idOf = (name: string): string => `bash/function/${name}`;

  /** A function that both sides changed in two places otherwise, and each in one alone. */
  async function contradict(name: string): Promise<void> {
    const [desk, laptop] = [suite.stage.desk.client(), suite.stage.laptop.client()];
    await suite.stage.propose(idOf(name), shellFunction(name, 'one', 'a', 'b', 'two', 'c', 'd', 'three'));
    valueOf(await laptop.decideAll('shell', 'accept'));
    await until('the desk knows that it was accepted', async () => {
      const { items } = valueOf(await desk.history('shell', idOf(name)));
      return items.length > 1;
    });
    valueOf(
      await laptop.putRecord('shell', idOf(name), shellFunction(name, 'mine', 'a', 'b', 'two', 'c', 'd', 'mine too')),
    );
    await suite.stage.propose(idOf(name), shellFunction(name, 'theirs', 'a', 'b', 'TWO', 'c', 'd', 'theirs too'));
  }

  async function edit(name: string, options: Parameters<PageBrowser['open']>[1] = {}): Promise<Page> {
    const page = await suite.browser.open(await suite.stage.address(), options);
    await page.getByRole('button', { name: new RegExp(`function ${name}`) }).click();
    await page.getByRole('heading', { name: `change function ${name}`, level: 3 }).waitFor();
    await page.keyboard.press('e');
    await page.getByText(`2 places ${left}`).waitFor();
    return page;
  }

  async function body(name: string): Promise<unknown> {
    return valueOf(await suite.stage.laptop.client().record('shell', idOf(name))).fields?.['body'];
  }

  it('shows both sides and the base, and chooses place by place, by the keyboard alone', async () => {
    await contradict('keys');
    const page = await edit('keys');
    const area = page.getByLabel('body', { exact: true });
    await page.getByText('What both began with').press('Enter');
    expect(await page.locator('.merge-base').innerText()).toContain('  three');
    const save = page.getByRole('button', { name: 'Save what I wrote' });
    expect(await save.isDisabled()).toBe(true);
    // What one side alone changed is in it already.
    expect(await area.inputValue()).toMatch(/ {2}a\n {2}b\n {2}TWO\n/);

    await area.focus();
    await page.keyboard.press('Alt+n');
    await page.keyboard.press('Alt+2');
    await page.getByText(`1 place ${left}`, { exact: true }).waitFor();
    await page.getByRole('status').getByText(`Theirs. 1 place ${left}`).waitFor();
    expect(await save.isDisabled()).toBe(true);
    await page.keyboard.press('Alt+1');
    await page.getByText('Every place is chosen.', { exact: true }).waitFor();
    expect(await area.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Save what I wrote');
    await page.keyboard.press('Enter');
    await page.getByText('Saved what you wrote: change function keys.').first().waitFor();
    expect(await body('keys')).toBe('keys() {\n  theirs\n  a\n  b\n  TWO\n  c\n  d\n  mine too\n}');

    await goTo(page, 'History');
    await page.getByText('What it changed').first().press('Enter');
    const [before, after] = await Promise.all(
      ['Before', 'After'].map(async (title) => page.getByText(title, { exact: true }).first().boundingBox()),
    );
    expect(after?.y, 'each title stands above its side').toBe(before?.y);
  });

  it('saves nothing while a mark is left, and what was written instead of a place', async () => {
    await contradict('marks');
    const page = await edit('marks');
    const area = page.getByLabel('body', { exact: true });
    const save = page.getByRole('button', { name: 'Save what I wrote' });
    const before = await body('marks');
    await area.fill('marks() {\n<<<<<<< mine\n  x\n}');
    await page.getByText('Before it can be saved').waitFor();
    expect(await save.isDisabled()).toBe(true);
    await area.press('Control+Enter');
    expect(await body('marks')).toBe(before);
    await area.fill('marks() {\n  x\n}');
    await page.getByText('Before it can be saved').waitFor({ state: 'detached' });
    await save.press('Enter');
    await page.getByText('Saved what you wrote: change function marks.').first().waitFor();
    expect(await body('marks')).toBe('marks() {\n  x\n}');
  });

  it('keeps what was written where what is live has changed meanwhile, and shows how it is now', async () => {
    await contradict('late');
    const page = await edit('late');
    const area = page.getByLabel('body', { exact: true });
    await area.fill('late() {\n  mine alone\n}');
    const written = valueOf(
      await suite.stage.laptop.client().putRecord('shell', idOf('late'), shellFunction('late', 'newer', 'newest')),
    );
    expect(written.state).toBe('live');
    await page.getByRole('button', { name: 'Save what I wrote' }).press('Enter');
    await page.getByRole('alert').getByText('This has changed since you opened it').waitFor();
    await page.locator('.diff del', { hasText: 'newest' }).first().waitFor();
    expect(await area.inputValue()).toBe('late() {\n  mine alone\n}');
    await page.getByRole('button', { name: 'Save what I wrote' }).press('Enter');
    await page.getByText('Saved what you wrote: change function late.').first().waitFor();
    expect(await body('late')).toBe('late() {\n  mine alone\n}');
  });

  it.each([
    ['light', 1440],
    ['dark', 360],
  ] as const)('breaks no rule of WCAG 2.2 AA: %s, %i px', async (colorScheme, width) => {
    await contradict(`axe${width}`);
    const page = await edit(`axe${width}`, { colorScheme, viewport: { width, height: 800 } });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByRole('button', { name: 'Both' }).click();
    await page.getByRole('button', { name: 'Mine' }).click();
    await page.getByText('Every place is chosen.', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    // Each number stands beside its line.
    const [numbers, text] = await Promise.all(
      ['.merge-text pre', '.merge-text textarea'].map(async (one) => page.locator(one).boundingBox()),
    );
    expect(numbers?.y).toBe(text?.y);
    await page.getByRole('button', { name: 'Back without saving' }).click();
    await page.getByRole('group', { name: 'decide' }).waitFor();
    valueOf(await suite.stage.laptop.client().decideAll('shell', 'reject'));
  });
});
