import type { OpenedPageBody } from '../api/types/page.ts';
import type { Answer, Calls } from './call.ts';

/** The page in a browser; for the owner of the home. */
export interface PageCalls {
  /** An address that opens the page once, within a minute. */
  openPage(): Answer<OpenedPageBody>;
}

export function pageCalls({ ask }: Calls): PageCalls {
  return { openPage: () => ask('POST /v1/page') };
}
