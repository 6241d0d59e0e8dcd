import type { LostEvents } from '../contract/audit.ts';

/** What is said of a chain that verifies: how long it is, and what of it was lost. */
export function auditInWords(audit: { head(): { readonly count: number }; lost(): readonly LostEvents[] }): string {
  const lost = audit.lost().map(({ from, to, atMs }) => {
    const what = from === to ? `event ${from}` : `events ${from} to ${to}`;
    return `${what} (noted ${new Date(atMs).toISOString()})`;
  });
  const { count } = audit.head();
  return lost.length === 0
    ? `${count} events, unbroken`
    : `${count} events, unbroken but for what was lost to damage: ${lost.join(', ')}`;
}
