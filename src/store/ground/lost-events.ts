import { isJsonObject } from '../../base/json.ts';
import type { AuditRow, LostEvents } from '../../contract/audit.ts';
import type { AuditTable, SettingTable } from './port.ts';

const setting = '\u0000audit-lost';

/** What was noted of an audit chain as lost, kept as a setting. */
export function createLostEvents(settings: SettingTable): Pick<AuditTable, 'lost' | 'noteLost'> & {
  /** Rows from a place on, as the table shows them. */
  seen(rows: AuditRow[], from: number): readonly AuditRow[];
} {
  function lost(): readonly LostEvents[] {
    const saved = settings.get(setting);
    return (Array.isArray(saved) ? saved : []).filter(isJsonObject).map(({ from, to, atMs }) => ({
      from: Number(from),
      to: Number(to),
      atMs: Number(atMs),
    }));
  }

  return {
    lost,
    noteLost({ from, to, atMs }) {
      const all = [...lost(), { from, to, atMs }].sort((one, other) => one.from - other.from);
      settings.set(
        setting,
        all.map((events) => ({ ...events })),
      );
    },
    seen(rows, from) {
      const isAnyUnread = rows.some((row) => typeof row === 'string');
      const noted = isAnyUnread ? lost() : [];
      return rows.map((row, index) => {
        const place = from + index + 1;
        const isLost = typeof row === 'string' && noted.some((events) => events.from <= place && place <= events.to);
        return isLost ? 'lost' : row;
      });
    },
  };
}
