import type Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { type Result, err, ok } from '../../../base/result.ts';
import { type StoreFault, noRoom, upgradeFailed } from '../base/fault.ts';
import { type SchemaPlan, stepsFrom } from '../base/migrate.ts';
import { countRows, wrongAfterUpgrade } from './checks.ts';
import { copyPath, removeHalfMade, removeOldCopies } from './copies.ts';
import { type LedgerEntry, noteWherePossible, readLedger, writeLedger } from './ledger.ts';
import { makeCopy } from './make-copy.ts';
import { isShort, roomForUpgrade } from './room.ts';

export type UpgradeStep = 'copying' | 'copied' | `to ${number}` | 'checking' | 'committed' | 'done';

export interface UpgradeOptions {
  readonly path: string;
  /** Version of this program, for the ledger. */
  readonly program: string;
  readonly opensWithKeys: () => boolean;
  /** Told before each step, and at the end. */
  readonly onStep?: (step: UpgradeStep) => void;
}

type About = Pick<LedgerEntry, 'from' | 'to' | 'copy' | 'program'>;

/**
 * Brings an older store to the plan's version. A copy of it is made first; then all steps are one transaction with the checks
 * of what they came to, so that whatever fails, or ends this process, leaves the store as it was.
 */
export function upgradeStore(
  database: Database.Database,
  plan: SchemaPlan,
  options: UpgradeOptions,
): Result<void, StoreFault> {
  const { path, program, onStep } = options;
  const from = database.pragma('user_version', { simple: true }) as number;
  const about: About = { from, to: plan.version, copy: copyPath(path, 'store', from, Date.now()), program };
  removeHalfMade(path);
  const room = roomForUpgrade(path);
  if (isShort(room)) {
    return err(noRoom({ ...about, ...room }));
  }
  let copy: string | undefined;
  const fail = (reason: string): Result<never, StoreFault> => {
    noteWherePossible(path, { event: 'failed', ...about, note: reason });
    return err(upgradeFailed({ ...about, copy, reason }));
  };
  try {
    endInterrupted(path, from, program);
    writeLedger(path, { event: 'begun', ...about });
    onStep?.('copying');
    const wrong = makeCopy(database, about.copy);
    if (wrong !== undefined) {
      return fail(wrong);
    }
    copy = about.copy;
    removeCopiesOfFailures(path, copy);
    onStep?.('copied');
    const fault = applySteps(database, plan, options);
    if (fault !== undefined) {
      return fail(fault);
    }
  } catch (error) {
    return fail(wordsOf(error));
  }
  onStep?.('committed');
  noteWherePossible(path, { event: 'done', ...about });
  removeOldCopies(path, 'store');
  onStep?.('done');
  return ok(undefined);
}

/** A process that ended in an upgrade has written no word of how it ended: the version that is found says it. */
export function endInterrupted(path: string, found: number, program: string): void {
  const last = readLedger(path).at(-1);
  if (last?.event === 'begun') {
    const { from, to, copy } = last;
    const isDone = found >= to;
    const reason = { note: 'the process ended in the middle of it' };
    const event = isDone ? { event: 'done' as const } : { event: 'failed' as const, ...reason };
    noteWherePossible(path, { ...event, from, to, copy, program });
  }
}

function applySteps(
  database: Database.Database,
  plan: SchemaPlan,
  { opensWithKeys, onStep }: UpgradeOptions,
): string | undefined {
  database.exec('begin immediate');
  let isCommitted = false;
  try {
    const before = countRows(database);
    for (const { version, sql } of stepsFrom(database, plan)) {
      onStep?.(`to ${version}`);
      applyStep(database, version, sql);
    }
    onStep?.('checking');
    const wrong = wrongAfterUpgrade(database, before);
    if (wrong !== undefined || !opensWithKeys()) {
      return wrong ?? 'the upgraded store does not open with the keys of this home';
    }
    database.exec('commit');
    isCommitted = true;
    return undefined;
  } finally {
    if (!isCommitted && database.inTransaction) {
      database.exec('rollback');
    }
  }
}

function applyStep(database: Database.Database, version: number, sql: string): void {
  try {
    database.exec(sql);
    database.pragma(`user_version = ${version}`);
  } catch (cause) {
    throw Object.assign(new Error(`the step to version ${version}: ${wordsOf(cause)}`, { cause }), { code: 'STEP' });
  }
}

/** Each try makes a copy of its own: that of one that failed has had its time, and must not push out those of others. */
function removeCopiesOfFailures(path: string, newest: string): void {
  const entries = readLedger(path);
  const copiesOf = (event: LedgerEntry['event']): readonly string[] =>
    entries.filter((entry) => entry.event === event).map(({ copy }) => copy);
  const done = copiesOf('done');
  for (const copy of copiesOf('failed').filter((one) => one !== newest && !done.includes(one))) {
    rmSync(copy, { force: true });
  }
}

/** A bug is thrown on. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (!(error instanceof Error) || code === undefined) {
    throw error;
  }
  const isFull = /^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code);
  return code === 'STEP' ? error.message : isFull ? 'the disk is full' : `${error.message} (${code})`;
}
