import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium } from '../../src/demo/chromium.ts';
import { type PageBrowser, openBrowser } from './page-browser.ts';
import { type PageStage, openPageStage } from './page-stage.ts';

/** What all tests of a suite share; there as soon as the first of them runs. */
export interface PageSuite {
  readonly stage: PageStage;
  readonly browser: PageBrowser;
}

/** Tests of the page on real daemons, in a real browser. */
export function describePage(what: string, tests: (shared: PageSuite) => void): void {
  describe.skipIf(findChromium() === undefined)(`${what} in Chromium (skipped where there is none)`, () => {
    let shared: PageSuite | undefined;
    const begun = (): PageSuite => {
      if (shared === undefined) {
        throw new Error('nothing is open before the first test runs');
      }
      return shared;
    };

    beforeAll(async () => {
      shared = { stage: await openPageStage(), browser: await openBrowser() };
    });

    afterAll(async () => {
      await shared?.browser.close();
      await shared?.stage.close();
    });

    tests({
      get stage() {
        return begun().stage;
      },
      get browser() {
        return begun().browser;
      },
    });
  });
}
