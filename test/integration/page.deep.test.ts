import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from '../helpers/page-axe.ts';
import { goTo } from '../helpers/page-browser.ts';
import { type PageStage, alias, shellFunction, valueOf } from '../helpers/page-stage.ts';
import { describePage } from '../helpers/page-suite.ts';
import { until } from '../helpers/processes.ts';

const rowPx = 64;
const auditPage = 200;
/** Pages that half of 10,000 events fill. */
const half = 5000 / auditPage;
/** At once, so that each is there before a person would lose patience. */
const written = 500;
const sections = ['queue', 'engines', 'devices', 'history', 'trust', 'settings'];

describePage('the page', (suite) => {
  async function open(options: BrowserContextOptions = {}, address?: string): Promise<Page> {
    return suite.browser.open(address ?? (await suite.stage.address()), options);
  }

  it('opens by a code that counts once, keeps it nowhere in its address, and lives through a reload', async () => {
    const address = await suite.stage.address();
    const page = await open({}, address);
    await page.getByRole('navigation', { name: 'sections' }).waitFor();
    expect(page.url()).toBe(new URL('/', address).href);
    await page.reload();
    await page.getByRole('navigation', { name: 'sections' }).waitFor();
    const second = await open({}, address);
    await second.getByRole('heading', { name: /used already/ }).waitFor();
    expect(await second.getByRole('navigation').count()).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('says what to do while nothing waits, and shows what comes without being asked', async () => {
    const page = await open();
    await page.getByText('Nothing waits for you.').waitFor();
    await suite.stage.propose('bash/alias/one', alias('one', 'ls -1'));
    await page.getByRole('heading', { name: 'add alias one', level: 3 }).waitFor();
    await page.getByRole('heading', { name: '1 waits for you' }).waitFor();
    await page.getByRole('button', { name: /Take theirs/ }).click();
    await page.getByText('Took theirs: add alias one.').first().waitFor();
    expect(valueOf(await suite.stage.laptop.client().record('shell', 'bash/alias/one')).state).toBe('live');
  });

  it('is used by the keyboard alone: moves, opens, rejects, takes the last decision back', async () => {
    await suite.stage.propose('bash/alias/two', alias('two', 'ls -2'));
    await suite.stage.propose('bash/alias/three', alias('three', 'ls -3'));
    const page = await open();
    await page.getByRole('heading', { name: 'add alias two', level: 3 }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'add alias three', level: 3 }).waitFor();
    await page.keyboard.press('k');
    await page.getByRole('heading', { name: 'add alias two', level: 3 }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('o');
    await page.getByText('Kept mine: add alias two.').first().waitFor();
    await until('it is off the queue', async () => (await suite.stage.waiting()) === 1);
    await page.keyboard.press('u');
    await until('it waits again', async () => (await suite.stage.waiting()) === 2);
    await page.getByRole('button', { name: /add alias two/ }).waitFor();
    expect(await page.getByText('Undone. It waits again.').count()).toBe(1);
    valueOf(await suite.stage.laptop.client().decideAll('shell', 'reject'));
    await page.getByText('Nothing waits for you.').waitFor();
  });

  it('decides nothing about what has changed since it was opened, and shows it as it is now', async () => {
    await suite.stage.propose('bash/function/work', shellFunction('work', 'cd ~/work'));
    const page = await open();
    await page.getByRole('heading', { name: 'add function work', level: 3 }).waitFor();
    await page.getByText('cd ~/work').first().waitFor();
    valueOf(
      await suite.stage.desk.client().putRecord('shell', 'bash/function/work', shellFunction('work', 'rm -rf ~/work')),
    );
    const client = suite.stage.laptop.client();
    await until('the newer one waits', async () => JSON.stringify(await newest(client)).includes('rm -rf'));
    await page.keyboard.press('t');
    await page.getByText('rm -rf').first().waitFor();
    const record = await client.record('shell', 'bash/function/work');
    expect(record.ok && record.value.state === 'live').toBe(false);
    valueOf(await client.decideAll('shell', 'reject'));
  });

  it('writes by hand what shall hold', async () => {
    await suite.stage.propose('bash/alias/hand', alias('hand', 'ls -h'));
    const page = await open();
    await page.getByRole('heading', { name: 'add alias hand', level: 3 }).waitFor();
    await page.keyboard.press('e');
    await page.getByLabel('body').fill("alias hand='ls -lh'");
    await page.getByRole('button', { name: 'Save what I wrote' }).click();
    await page.getByText('Saved what you wrote').first().waitFor();
    const { fields } = valueOf(await suite.stage.laptop.client().record('shell', 'bash/alias/hand'));
    expect(fields?.['body']).toBe("alias hand='ls -lh'");
  });

  it.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)('breaks no rule of WCAG 2.2 AA: %s, %i px', async (colorScheme, width) => {
    await suite.stage.propose(`bash/function/f${width}${colorScheme}`, shellFunction('f', 'one', 'two'));
    const page = await open({ colorScheme, viewport: { width, height: 800 } });
    for (const section of sections) {
      await page.evaluate(`location.hash = '#/${section}'`);
      await page.locator(`nav a[aria-current][href='#/${section}']`).waitFor();
      await until(
        `${section} is read`,
        async () => !/Reading|Verifying|Checking/.test(await page.locator('main').innerText()),
      );
      expect(await violations(page), section).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), section).toBe(true);
    }
    const last = await page.getByRole('link', { name: 'Settings' }).boundingBox();
    expect((last?.x ?? width) + (last?.width ?? 0), 'every section is in sight').toBeLessThanOrEqual(width);
    await page.evaluate(`location.hash = '#/queue'`);
    await page.locator('.queue-row').first().click();
    await page.getByRole('group', { name: 'decide' }).waitFor();
    expect(await violations(page), 'an open item').toEqual([]);
  });

  it('keeps 10,000 things smooth: what is not in sight is not in the page', async () => {
    const items = Array.from({ length: 10_000 }, (_, at) => ({
      id: `bash/alias/a${at}`,
      fields: alias(`a${at}`, `echo ${at}`),
    }));
    for (let at = 0; at < items.length; at += written) {
      const before = await suite.stage.waiting();
      valueOf(await suite.stage.desk.client().putRecords('shell', { items: items.slice(at, at + written) }));
      await until('all of them wait', async () => (await suite.stage.waiting()) >= before + written);
    }
    const page = await open();
    await page.getByRole('list', { name: /things wait/ }).waitFor();
    await until('all are listed', async () => {
      const box = await page.locator('.virtual ul').boundingBox();
      return Math.round((box?.height ?? 0) / rowPx) === (await suite.stage.waiting());
    });
    const slowestMs = await page.evaluate(scrollThrough);
    expect(await page.locator('.queue-row').count()).toBeLessThan(60);
    expect(slowestMs).toBeLessThan(1000);
    await page.getByRole('button', { name: /alias a9999/ }).waitFor();
  }, 300_000);

  it('pages through more than 10,000 audit events by the keyboard, and keeps one page of them', async () => {
    const page = await open();
    await goTo(page, 'Audit and trust');
    await page.getByText('Events', { exact: true }).click();
    const older = page.getByRole('button', { name: 'Show older' });
    const newest = await page.locator('details table.plain tbody tr').first().innerText();
    const heapBytes = await heapOf(page);
    let pages = 1;
    let before = 0;
    while (await older.isEnabled()) {
      await older.press('Enter');
      pages += 1;
      await page.getByText(`Page ${pages}`).waitFor();
      expect(await page.evaluate('document.activeElement.textContent')).toContain(`Page ${pages}`);
      expect(await page.getByRole('row').count()).toBeLessThanOrEqual(auditPage + 1);
      // What waits is read beside it, and has come by the middle; a page that is kept would be seen by the other half.
      before = pages <= half && pages % 5 === 2 ? Math.max(before, await heapBytes()) : before;
    }
    await page.getByText(', the last.').waitFor();
    expect(pages).toBeGreaterThan(10_000 / auditPage);
    expect((await heapBytes()) - before).toBeLessThan(2 * 1024 * 1024);
    await page.getByRole('button', { name: 'Show newer' }).press('Enter');
    await page.getByText(`Page ${pages - 1}`).waitFor();
    await page.reload();
    await page.getByText('Events', { exact: true }).click();
    expect(await page.locator('details table.plain tbody tr').first().innerText()).toBe(newest);
  }, 300_000);

  it('says that the daemon has gone, keeps what was read, and is opened anew', async () => {
    await suite.stage.propose('bash/alias/last', alias('last', 'tail'));
    const page = await open();
    await page.locator('.queue-row').first().waitFor();
    await suite.stage.laptop.killDaemon('SIGTERM');
    await page.getByText('The daemon does not answer').first().waitFor();
    expect(await page.locator('.queue-row').count()).toBeGreaterThan(0);
    await suite.stage.laptop.startDaemon();
    await page.goto(await suite.stage.address());
    await page.getByRole('navigation', { name: 'sections' }).waitFor();
  });
});

async function newest(client: ReturnType<PageStage['laptop']['client']>): Promise<unknown> {
  const [item] = valueOf(await client.reviews()).items;
  return item === undefined ? undefined : valueOf(await client.review(item.id));
}

/** What the page holds in memory that something still needs, in bytes. */
async function heapOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  return async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
}

/** Scrolls to the end in twenty steps; the longest that a step took to be drawn, in milliseconds. */
const scrollThrough = `(async () => {
  const frame = document.querySelector('.virtual');
  let slowestMs = 0;
  for (let step = 1; step <= 20; step++) {
    const begun = performance.now();
    frame.scrollTop = (frame.scrollHeight - frame.clientHeight) * step / 20;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    slowestMs = Math.max(slowestMs, performance.now() - begun);
  }
  return slowestMs;
})()`;
