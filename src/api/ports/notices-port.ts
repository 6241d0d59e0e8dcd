import type { Result } from '../../base/result.ts';
import type { HookBody, HooksBody, NotificationBody } from '../types/notices.ts';
import type { ControlFault } from './fault.ts';

/** What is told outside of the daemon: to the person's desktop, and to their programs. */
export interface NoticesPort {
  /** Shows a notification now, whatever the configuration says. */
  showTest(): Promise<NotificationBody>;
  hooks(): HooksBody;
  /** Runs a hook now, with an event that is marked as a test; answers at once. */
  testHook(name: string): Result<HookBody, ControlFault>;
}
