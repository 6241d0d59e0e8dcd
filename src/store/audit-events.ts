import type { AuditEvent } from '../contract/audit.ts';
import type { AuditTable } from './port.ts';

const readSize = 500;

/** Every audit event, oldest first, read a page at a time; a row that does not open is `damaged`. */
export function* auditEvents(audit: AuditTable): Generator<AuditEvent | 'damaged'> {
  for (let from = 0; ; from += readSize) {
    const rows = audit.read(from, readSize);
    yield* rows;
    if (rows.length < readSize) {
      return;
    }
  }
}
