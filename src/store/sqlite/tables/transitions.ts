import { keptTransitions } from '../../ground/limits.ts';
import type { Transition, TransitionTable } from '../../ground/port.ts';
import { type Context, limited } from '../base/context.ts';
import { type StoredRow, jsonPayload, valueOfPayload } from '../base/keyed-table.ts';
import type { Names } from '../base/names.ts';

export function createTransitions({ database, transactions, sealer }: Context, names: Names): TransitionTable {
  const lastRow = database.prepare<[], number>('select coalesce(max(row), 0) from transition').pluck();
  const insert = database.prepare('insert into transition (row, engine, version, payload) values (?, ?, ?, ?)');
  const trim = database.prepare(
    `delete from transition where engine = @engine and row <=
       (select row from transition where engine = @engine order by row desc limit 1 offset ${keptTransitions})`,
  );
  const list = database.prepare<[number, number], StoredRow>(
    `select row, version, payload from transition where engine = ? order by row desc ${limited}`,
  );

  return {
    add(transition) {
      transactions.run(() => {
        const engine = names.numberOf('engine', transition.engineId);
        const row = (lastRow.get() as number) + 1;
        const version = sealer.nextVersion();
        insert.run(row, engine, version, sealer.seal('transition', row, version, jsonPayload(transition)));
        trim.run({ engine });
      });
    },
    list(engineId, limit) {
      const engine = names.find('engine', engineId);
      return (engine === undefined ? [] : list.all(engine, limit)).flatMap((stored) => {
        const payload = sealer.open('transition', stored.row, stored.version, stored.payload);
        return payload === undefined ? [] : [valueOfPayload<Transition>(payload)];
      });
    },
  };
}
