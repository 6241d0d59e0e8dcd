import type Database from 'better-sqlite3';
import { type CounterName, counterNames } from '../../ground/counting.ts';
import { collectedState, knownByHistory, slotsOfCollection } from './record-row.ts';

/** What follows from other rows follows from those that are there, where some may be gone. */
export function makeConsistent(database: Database.Database): void {
  // A record of which only history speaks counts as damaged: it is found, and made again from the log.
  database.exec(`insert into record (row, state, version, payload)
    select distinct record, ${knownByHistory}, 0, x'' from history where record not in (select row from record)`);
  database.exec(`delete from chain_head;
    insert into chain_head (scope, device, sequence, batch_id)
      select scope, device, sequence, batch_id from log
      where sequence = (select max(sequence) from log as other where other.scope = log.scope and other.device = log.device)`);
  const counts: Readonly<Record<CounterName, string>> = {
    live: ofRecords(0),
    tombstoned: ofRecords(1),
    collected: ofRecords(collectedState),
    review: ofQueue('review', 'review'),
    conflicts: ofQueue('review', 'conflicts'),
    quarantined: ofQueue('quarantine', 'quarantined'),
  };
  database.exec(`update collection set ${counterNames.map((name) => `${name} = (${counts[name]})`).join(', ')}`);
}

function ofRecords(state: number): string {
  const first = `collection.row * ${slotsOfCollection}`;
  return `select count(*) from record where record.row >= ${first} and record.row < ${first} + ${slotsOfCollection} and state = ${state}`;
}

function ofQueue(table: string, counter: CounterName): string {
  const number = counterNames.indexOf(counter) + 1;
  return `select count(*) from ${table} as item where item.collection = collection.row and item.counter = ${number}`;
}
