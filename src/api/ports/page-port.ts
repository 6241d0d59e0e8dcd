import type { Result } from '../../base/result.ts';
import type { OpenedPageBody } from '../types/page.ts';
import type { ControlFault } from './fault.ts';

/** The page that shows this home in a browser. */
export interface PagePort {
  /** Listens on loopback, unless it does already, and makes a code that opens the page once. */
  open(): Promise<Result<OpenedPageBody, ControlFault>>;
}
