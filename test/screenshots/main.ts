import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { findChromium } from '../../src/demo/chromium.ts';
import { openPageStage } from '../helpers/page-stage.ts';
import { until } from '../helpers/processes.ts';
import { furnish } from './furnish.ts';

/** What is taken: a section of the page, in a size and a scheme of colours. */
const pictures = [
  { name: 'page', section: 'queue', scheme: 'light', width: 1280, height: 800 },
  { name: 'page-dark', section: 'queue', scheme: 'dark', width: 1280, height: 800 },
  { name: 'page-narrow', section: 'queue', scheme: 'light', width: 360, height: 740 },
  { name: 'page-merge', section: 'queue', scheme: 'light', width: 1280, height: 1120 },
  { name: 'page-engines', section: 'engines', scheme: 'light', width: 1280, height: 800 },
  { name: 'page-devices', section: 'devices', scheme: 'dark', width: 1280, height: 800 },
  { name: 'page-history', section: 'history', scheme: 'light', width: 1280, height: 800 },
  { name: 'page-trust', section: 'trust', scheme: 'light', width: 1280, height: 800 },
  { name: 'page-settings', section: 'settings', scheme: 'light', width: 1280, height: 1000 },
] as const;

/** Pictures of the page over two real homes, into docs/images or the folder that is named. */
const folder = process.argv[2] ?? join(packageRoot, 'docs', 'images');
const executablePath = findChromium();
if (executablePath === undefined) {
  throw new Error('There is no Chromium here. Install it, or name it in CHROMIUM.');
}
mkdirSync(folder, { recursive: true });
// Nothing of whoever takes the pictures is in them.
const home = mkdtempSync(join(tmpdir(), 'ada-'));
writeFileSync(join(home, '.bashrc'), "alias ll='ls -l'\nexport EDITOR=vim\n");
writeFileSync(join(home, '.gitconfig'), '[alias]\n\tst = status\n');
process.env['HOME'] = home;
const stage = await openPageStage();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await furnish(stage);
  for (const { name, section, scheme, width, height } of pictures) {
    const context = await browser.newContext({
      colorScheme: scheme,
      viewport: { width, height },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(await stage.address());
    await page.getByRole('navigation').waitFor();
    await page.evaluate(`location.hash = '#/${section}'`);
    await page.locator(`nav a[aria-current][href='#/${section}']`).waitFor();
    // The stream of events never ends, so that the network is never idle.
    await until(`${section} is read`, async () => {
      const text = await page.locator('main').innerText();
      return text !== '' && !/Reading|Verifying|Checking/.test(text);
    });
    if (section === 'history') {
      await page.getByText('What it changed').first().click();
    }
    if (section === 'queue' && width > 980) {
      await page.getByRole('article').waitFor();
      await page.keyboard.press('j');
      await page.getByRole('heading', { name: 'function deploy' }).waitFor();
    }
    if (name === 'page-merge') {
      await page.keyboard.press('e');
      await page.getByRole('button', { name: 'Next place' }).click();
    }
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    makeSmall(path);
    await context.close();
  }
} finally {
  await browser.close();
  await stage.close();
  rmSync(home, { recursive: true, force: true });
}

/** As few colours as nobody misses: a third of the size. */
function makeSmall(path: string): void {
  execFileSync('pngquant', ['--force', '--strip', '--speed', '1', '--output', path, path]);
}
