import type { Logger } from 'pino';
import { suspect } from '../../store/sqlite/base/suspicion.ts';
import type { CurrentPhase } from './current-phase.ts';
import { type OpenKeysDeps, controlFaultOf, openHomeWith } from './open-keys.ts';

const mending =
  'The database of this home was damaged, and is being made anew of what can be read. Wait a moment: it goes on by itself.';

/** Closes a home of which a page is damaged, and opens it with the same keys: in between its database is made anew. */
export async function openAnew(deps: OpenKeysDeps, phase: CurrentPhase, log: Logger): Promise<void> {
  if (phase.now.kind === 'locked') {
    return;
  }
  const { daemon, keys } = phase.now;
  log.error('a page of the database is not as it was written; it is made anew of what can be read');
  suspect(deps.paths.database);
  phase.lock(mending, 'damage');
  await daemon.stop().catch((cause: unknown) => {
    log.warn({ err: cause }, 'not everything came to its end before the database was closed');
  });
  const opened = await openHomeWith(deps, phase, keys);
  if (!opened.ok) {
    const { message } = controlFaultOf(opened.error);
    phase.stayLocked(`${message} It is tried again by itself.`);
    log.error(message);
  }
}
