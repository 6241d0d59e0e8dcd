import type { AuditRow } from '../../contract/audit.ts';
import type { AuditTable } from './port.ts';

const readSize = 500;

/** Every row of the audit chain, oldest first, read a page at a time. */
export function* auditEvents(audit: AuditTable): Generator<AuditRow> {
  for (let from = 0; ; from += readSize) {
    const rows = audit.read(from, readSize);
    yield* rows;
    if (rows.length < readSize) {
      return;
    }
  }
}
