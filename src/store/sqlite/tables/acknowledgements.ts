import type { LogTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';

/** How far relays have confirmed the own chain of each scope. */
export type Acknowledgements = Pick<
  LogTable,
  'acknowledged' | 'acknowledgedAnywhere' | 'acknowledge' | 'unacknowledge'
>;

export function createAcknowledgements({ database, transactions, lookup }: Context, names: Names): Acknowledgements {
  const acknowledged = database
    .prepare<[number, Uint8Array], number>('select sequence from acknowledgement where scope = ? and relay = ?')
    .pluck();
  const acknowledge = database.prepare(
    `insert into acknowledgement (scope, relay, sequence) values (?, ?, ?)
     on conflict do update set sequence = max(sequence, excluded.sequence)`,
  );
  const unacknowledge = database.prepare('update acknowledgement set sequence = ? where scope = ? and sequence >= ?');
  const acknowledgedAnywhere = database
    .prepare<[number], number>('select coalesce(max(sequence), 0) from acknowledgement where scope = ?')
    .pluck();

  return {
    acknowledged(scopeId, relayUrl) {
      const scope = names.find('scope', scopeId);
      return (scope && acknowledged.get(scope, lookup('relay', relayUrl))) ?? 0;
    },
    acknowledgedAnywhere(scopeId) {
      const scope = names.find('scope', scopeId);
      return (scope && acknowledgedAnywhere.get(scope)) ?? 0;
    },
    acknowledge(scopeId, relayUrl, sequence) {
      transactions.run(() => {
        acknowledge.run(names.numberOf('scope', scopeId), lookup('relay', relayUrl), sequence);
      });
    },
    unacknowledge(scopeId, from) {
      transactions.run(() => unacknowledge.run(from - 1, names.numberOf('scope', scopeId), from));
    },
  };
}
