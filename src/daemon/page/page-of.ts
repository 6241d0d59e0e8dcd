import type { Logger } from 'pino';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { Replica } from '../../replica/port.ts';
import { type OpenHome, randomBytes } from '../keys/open-home.ts';
import { readPage } from './page-document.ts';
import { type PageHost, createPageHost } from './page-host.ts';
import { createPageKeys } from './page-keys.ts';

interface PageOptions {
  readonly home: Pick<OpenHome, 'userId'>;
  readonly paths: Pick<HomePaths, 'socket' | 'keys'>;
  readonly token: string;
  readonly log: Pick<Logger, 'error'>;
}

/** The page of an open home, which nobody looks at yet. */
export function pageOf(
  { home, paths, token, log }: PageOptions,
  { replica }: { readonly replica: Pick<Replica, 'audit' | 'self'> },
): PageHost {
  return createPageHost({
    ...{ socketPath: paths.socket, keysFolder: paths.keys, token, readPage },
    ...{ keys: createPageKeys(randomBytes), nowMs: Date.now },
    opened() {
      replica.audit({
        ...{ eventType: 'sourcechannel.page.opened', actorId: home.userId, subjectId: replica.self },
        ...{ policyDomain: 'clients', outcome: 'allow', reasonCode: 'none', details: {} },
      });
    },
    onInternalError: (cause) => {
      log.error({ err: cause }, 'a request of the page failed inside');
    },
  });
}
