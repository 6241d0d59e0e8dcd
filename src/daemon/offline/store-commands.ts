import { existsSync } from 'node:fs';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { StoreCommands } from '../../cli/ground/store-commands.ts';
import type { StoreFault } from '../../store/sqlite/base/fault.ts';
import { type SchemaPlan, currentPlan } from '../../store/sqlite/base/migrate.ts';
import { rollBack } from '../../store/sqlite/upgrade/rollback.ts';
import { tryUpgrade } from '../../store/sqlite/upgrade/trial.ts';
import { packageVersion } from '../ground/package-root.ts';

/** The store of a home, its upgrade and the way back, without its keys. */
export function createStoreCommands(
  { database }: Pick<HomePaths, 'database'>,
  plan: SchemaPlan = currentPlan(),
): StoreCommands {
  const program = packageVersion;
  const missing = (): CommandFault | undefined =>
    existsSync(database)
      ? undefined
      : {
          exitCode: exitCodes.notSetUp,
          message: `There is no store at ${database}. Set this home up (sourcesync init), or name another one: --home DIR`,
        };
  return {
    async tryUpgrade() {
      const fault = missing();
      if (fault !== undefined) {
        return fault;
      }
      const tried = tryUpgrade(database, plan, program);
      return tried.ok ? { ...tried.value, program } : faultOf(tried.error);
    },
    async rollBack(execute) {
      const fault = missing();
      if (fault !== undefined) {
        return fault;
      }
      const rolledBack = rollBack(database, { execute, program });
      return rolledBack.ok ? { executed: execute, ...rolledBack.value } : faultOf(rolledBack.error);
    },
  };
}

function faultOf({ message }: StoreFault): CommandFault {
  return { exitCode: exitCodes.failed, message };
}
