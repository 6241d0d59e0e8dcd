import { parseEntry } from '../../membership/parse/entry-codec.ts';
import type { RelayStore } from '../port.ts';
import type { ScopeId } from '../../base/ids.ts';

/**
 * True for an entry whose cut leaves out batches that lie here already, and that other devices may have taken in. Whoever
 * makes a cut is told, takes those batches in and cuts after them: so all devices keep the same set. Not asked of an
 * entry that is in a device's log already, because a log that has gone on elsewhere must be taken as it is.
 */
export function cutsOffHeldBatches(store: Pick<RelayStore, 'head'>, scopeId: ScopeId, bytes: Uint8Array): boolean {
  const parsed = parseEntry(bytes);
  const entry = parsed.ok ? parsed.value.entry : undefined;
  if ((entry?.t !== 'revoke' && entry?.t !== 'role') || entry.cut === null) {
    return false;
  }
  return (store.head(scopeId, entry.subject)?.sequence ?? 0) > entry.cut.sequence;
}
