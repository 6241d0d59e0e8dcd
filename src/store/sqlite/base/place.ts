import { existsSync, renameSync, statSync } from 'node:fs';
import { movedAway } from '../../ground/failure.ts';

/** Where an open database stands. Its process goes on with the file it has, whatever becomes of the name. */
export interface Place {
  /** The file or its log is no longer found under its name: what is written now, nobody will find again. */
  isLost(): boolean;
  /** Throws where it is lost. */
  hold(): void;
  /**
   * Runs what closes the database. SQLite then removes the log by its name: one that was put there meanwhile, beside another
   * database, is kept out of its way.
   */
  whileClosing(close: () => void): void;
}

/** Of a database that is open and has been written to since: only then does its log have a file. */
export function placeOf(path: string): Place {
  const log = `${path}-wal`;
  const [ofFile, ofLog] = [identityOf(path), identityOf(log)];
  const isLost = (): boolean => identityOf(path) !== ofFile || identityOf(log) !== ofLog;
  return {
    isLost,
    hold() {
      if (isLost()) {
        throw movedAway(path);
      }
    },
    whileClosing(close) {
      const isForeign = existsSync(log) && identityOf(log) !== ofLog;
      const aside = `${log}.aside`;
      if (isForeign) {
        renameSync(log, aside);
      }
      try {
        close();
      } finally {
        if (isForeign) {
          renameSync(aside, log);
        }
      }
    },
  };
}

/** As SQLite itself asks whether a file was moved; undefined for one that is not there. */
function identityOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
