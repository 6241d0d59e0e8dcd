import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findChromium } from '../../src/demo/chromium.ts';

/** Chromium, in which a page lives as long as the test that opened it. */
export interface PageBrowser {
  open(address: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<PageBrowser> {
  const executablePath = findChromium();
  const browser: Browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox'],
  });
  return {
    async open(address, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      onTestFinished(async () => context.close());
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
    close: async () => browser.close(),
  };
}

/** Goes to a section by its name, as a person does. */
export async function goTo(page: Page, section: string): Promise<void> {
  await page.getByRole('navigation', { name: 'sections' }).getByRole('link', { name: section }).click();
  await page.getByRole('heading', { name: section, level: 2 }).waitFor();
}
