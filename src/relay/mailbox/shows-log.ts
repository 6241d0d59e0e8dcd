import { equalBytes } from '../../base/bytes.ts';
import type { DeviceMessage } from '../../sync/wire/messages.ts';
import { parseEntry } from '../../membership/parse/entry-codec.ts';
import type { RelayStore } from '../port.ts';

type AppendEntry = Extract<DeviceMessage, { type: 'append_entry' }>;

/**
 * Whether an entry shows that its sender holds the log of its scope: it stands at its position here, or it names the hash
 * of the one before. Whoever shows neither learns nothing; where there is no such scope as much is read and hashed.
 */
export function showsLog(store: Pick<RelayStore, 'entries'>, { scopeId, sequence, entry }: AppendEntry): boolean {
  const [held] = store.entries(scopeId, sequence, 1);
  const [before] = store.entries(scopeId, Math.max(0, sequence - 1), 1);
  const parsed = parseEntry(entry);
  const previous = parseEntry(before ?? entry);
  if (held !== undefined && equalBytes(held, entry)) {
    return true;
  }
  const named = parsed.ok && parsed.value.entry.t !== 'genesis' ? parsed.value.entry.previous : undefined;
  return before !== undefined && named !== undefined && previous.ok && equalBytes(named, previous.value.hash);
}
