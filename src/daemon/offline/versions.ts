import type { Versions } from '../../cli/ground/context.ts';
import { currentPlan } from '../../store/sqlite/base/migrate.ts';
import { protocolVersion } from '../../sync/wire/messages.ts';
import { capabilities } from '../engines/capabilities.ts';

/** What this build writes and speaks. */
export function versionsOf(): Versions {
  const { version, protocol } = capabilities();
  return { version, protocol, session: protocolVersion, store: currentPlan().version, node: process.versions.node };
}
