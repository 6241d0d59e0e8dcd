import type { AuditEvent, AuditRow } from '../../../contract/audit.ts';
import { createLostEvents } from '../../ground/lost-events.ts';
import type { AuditTable, SettingTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { jsonPayload, valueOfPayload } from '../base/keyed-table.ts';

interface StoredEvent {
  readonly row: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

interface AuditHead {
  readonly count: number;
  readonly head: string | null;
}

// Kept apart from the rows, so that a tail that was cut off is missed.
const headSetting = '\u0000audit-head';

/** Rows are numbered from 1; an event's position in the chain is one less. */
export function createAudit({ database, transactions, sealer }: Context, settings: SettingTable): AuditTable {
  const insert = database.prepare('insert or replace into audit (row, version, payload) values (?, ?, ?)');
  const read = database.prepare<[number, number], StoredEvent>(
    'select row, version, payload from audit where row > ? and row <= ? order by row',
  );
  const lastRow = database.prepare<[], number>('select coalesce(max(row), 0) from audit').pluck();

  function open(stored: StoredEvent): AuditEvent | 'damaged' {
    const payload = sealer.open('audit', stored.row, stored.version, stored.payload);
    return payload === undefined ? 'damaged' : valueOfPayload<AuditEvent>(payload);
  }

  function head(): AuditHead {
    const saved = settings.get(headSetting) as { readonly c: number; readonly h: string } | undefined;
    if (saved !== undefined) {
      return { count: saved.c, head: saved.h };
    }
    const count = lastRow.get() as number;
    const stored = read.get(count - 1, count);
    const last = stored && open(stored);
    return { count, head: last === undefined || last === 'damaged' ? null : last.eventHash };
  }

  const { lost, noteLost, seen } = createLostEvents(settings);

  return {
    head,
    lost,
    noteLost: (events) => transactions.run(() => noteLost(events)),
    append(event) {
      transactions.run(() => {
        const row = head().count + 1;
        const version = sealer.nextVersion();
        insert.run(row, version, sealer.seal('audit', row, version, jsonPayload(event)));
        settings.set(headSetting, { c: row, h: event.eventHash });
      });
    },
    read(from, limit) {
      const end = Math.min(from + limit, head().count);
      const rows = Array.from({ length: Math.max(0, end - from) }, (): AuditRow => 'missing');
      for (const stored of read.all(from, end)) {
        rows[stored.row - 1 - from] = open(stored);
      }
      return seen(rows, from);
    },
  };
}
