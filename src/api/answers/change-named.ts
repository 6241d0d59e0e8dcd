import { type ChangeId, parseChangeId } from '../../base/ids.ts';
import type { ApiDeps } from '../ports/port.ts';

/** The change that an address names; a client may be asked about its collection before anything is answered. */
export function changeIdNamed({ store }: Pick<ApiDeps, 'store'>, name: string): ChangeId | undefined {
  return name.startsWith('qr_') ? (store.quarantine.get(name)?.changeId ?? undefined) : parseChangeId(name);
}
