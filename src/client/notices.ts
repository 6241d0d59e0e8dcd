import type { HookBody, HooksBody, NotificationBody } from '../api/types/notices.ts';
import type { Answer, Calls } from './call.ts';

/** Notifications on the desktop, and programs that run on events. */
export interface NoticeCalls {
  testNotification(): Answer<NotificationBody>;
  hooks(): Answer<HooksBody>;
  /** Begins a run; how it ends is said by `hooks`. */
  testHook(name: string): Answer<HookBody>;
}

export function noticeCalls({ ask }: Calls): NoticeCalls {
  return {
    testNotification: () => ask('POST /v1/notifications/test'),
    hooks: () => ask('GET /v1/hooks'),
    testHook: (name) => ask('POST /v1/hooks/:name/test', { path: { name } }),
  };
}
