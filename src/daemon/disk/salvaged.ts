import type { Logger } from 'pino';
import { existsSync } from 'node:fs';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Salvage } from '../../store/sqlite/salvage.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';
import type { StoreHealth } from './store-health.ts';
import type { StoreHost } from './store-host.ts';
import { isAnyDamaged, recountDamaged } from '../../replica/care/damage.ts';
import { laws } from '../../replica/lists/old-changes.ts';
import { collectionsHeldForDamage } from '../../replica/care/held-damage.ts';

const setting = 'store.salvaged';
/** What tells what was judged of a change: without one of them it is judged again. */
const judged: ReadonlySet<string> = new Set(['history', 'record', 'review']);

/** What became of a damaged database, as it is remembered until the file that is kept of it is removed. */
export interface Salvaged {
  readonly atMs: number;
  readonly keptAt: string;
  readonly tables: readonly string[];
  /** Nothing of it was there any more. */
  readonly wasGone: boolean;
  /** What the log could give back has been made again. */
  readonly isMended: boolean;
}

export function noteSalvage(
  store: Pick<Store, 'settings' | 'links'>,
  { keptAt, damagedTables, wasGone }: Salvage,
): void {
  const before = readSalvaged(store);
  const tables = [...new Set([...(before?.isMended === false ? before.tables : []), ...damagedTables])];
  write(store, { atMs: Date.now(), keptAt, tables, wasGone, isMended: false });
  for (const link of store.links.list()) {
    store.links.put({ ...link, awaitsExchange: true, doubtful: true });
  }
  // What a home was upgraded with is lost as well: nothing in it counts as approved before there was a law.
  for (const law of Object.values(laws).filter((name) => store.settings.get(name) === undefined)) {
    store.settings.set(law, {});
  }
}

/** Undefined where nothing was damaged, or a person has seen to it and removed the file. */
export function readSalvaged(store: Pick<Store, 'settings'>): Salvaged | undefined {
  const saved = store.settings.get(setting);
  if (!isJsonObject(saved)) {
    return undefined;
  }
  const { atMs, keptAt, tables, wasGone, isMended } = saved as JsonObject &
    Omit<Salvaged, 'wasGone'> & { wasGone?: boolean };
  return existsSync(keptAt) || !isMended ? { atMs, keptAt, tables, wasGone: wasGone ?? false, isMended } : undefined;
}

/** What cannot be had again from the log, relays or other devices, and what that costs. */
const costs: Readonly<Record<string, string>> = {
  vault: 'Secrets of this device may be gone: compare sourcesync secrets ls with what you need.',
  link: 'Folders may be linked no longer: see sourcesync link ls.',
  review: 'Questions that were open may be gone from the review queue.',
  quarantine: 'Held changes may be gone from the quarantine.',
  audit: 'Events may be missing from the audit of this device.',
  latest: 'What was written on this device last, and had not been sent yet, is gone.',
  setting: 'Settings are as they were when the daemon was started or stopped last.',
};

/** What doctor says. */
export function salvagedWords({ atMs, keptAt, tables, wasGone, isMended }: Salvaged): {
  readonly ok: boolean;
  readonly message: string;
  readonly remedy: string | null;
} {
  const lost = tables.flatMap((name) => costs[name] ?? []);
  const message = [
    wasGone
      ? `The database was gone or empty on ${new Date(atMs).toISOString()}, so that there was none to keep. It was made anew from the copy of what a home needs; its records come back as far as relays and other devices have them.`
      : `The database was damaged and made anew on ${new Date(atMs).toISOString()}; the damaged one is kept at ${keptAt}.`,
    ...(isMended ? lost : ['What it has lost is being taken from the log.', ...lost]),
  ].join(' ');
  const toEnd = wasGone ? `To be told no more of it: rm ${keptAt}*` : `When nothing is missing: rm ${keptAt}*`;
  const remedy = isMended ? toEnd : 'Wait until it is through.';
  return { ok: isMended && lost.length === 0, message, remedy };
}

/**
 * Relays have handed out again what the log had lost: what could not be made again without that is made now, and what came
 * meanwhile and stood on it is judged.
 */
export function mendRest(deps: Omit<MendingDeps, 'later'>): void {
  const { store, replica, storeHost, health, log } = deps;
  if (store.settings.get(setting) === undefined) {
    return;
  }
  const judge = (): void => void health.guard(() => collectionsHeldForDamage(store).forEach(replica.rejudge));
  if (isAnyDamaged(store)) {
    storeHost.rebuild(true).then(judge, (cause: unknown) => {
      log.error({ err: cause }, 'damaged records could not be made again');
    });
  } else {
    judge();
  }
}

function write(store: Pick<Store, 'settings'>, { atMs, keptAt, tables, wasGone, isMended }: Salvaged): void {
  store.settings.set(setting, { atMs, keptAt, tables: [...tables], wasGone, isMended });
}

export interface MendingDeps {
  readonly store: Store;
  readonly replica: Pick<Replica, 'self' | 'rejudge' | 'audit' | 'mendLog' | 'learnAgain' | 'writeAgain'>;
  readonly storeHost: Pick<StoreHost, 'rebuild'>;
  readonly log: Logger;
  readonly health: Pick<StoreHealth, 'guard'>;
  readonly later: Later;
  /** All of it is done. */
  readonly refreshSoon: (reason: string) => void;
}

/**
 * Makes again from the log what a database has lost that was made anew, a little at a time, and asks relays again for what
 * the log itself has lost: to be called before any of them is. It begins again where the process ended before it was
 * through.
 */
export function mendSalvaged(deps: MendingDeps): { stop(): void } {
  const { store, replica, log, health } = deps;
  const salvaged = readSalvaged(store);
  if (salvaged === undefined || salvaged.isMended) {
    return { stop: () => undefined };
  }
  const { keptAt, tables, wasGone } = salvaged;
  const found = wasGone ? 'the database was gone' : 'the database was damaged';
  log.warn({ keptAt, tables }, `${found} and is made anew; what is missing is taken from the log`);
  health.guard(() => {
    replica.mendLog();
    recountDamaged(store);
  });
  const work = [
    ...(tables.some((table) => judged.has(table)) ? [replica.learnAgain()] : []),
    ...(tables.includes('log') ? [replica.writeAgain()] : []),
  ];
  const step = createPlannedStep(deps.later, () => {
    const isTaken = health.guard(() => {
      if (work[0]?.next().done === true) {
        work.shift();
      }
    });
    if (isTaken && work.length > 0) {
      step.wake();
    } else if (isTaken) {
      deps.storeHost.rebuild(true).then(finish, (cause: unknown) => {
        log.error({ err: cause }, 'damaged records could not be made again');
      });
    }
  });

  function finish(): void {
    health.guard(() => {
      write(store, { ...(salvaged as Salvaged), isMended: true });
      replica.audit({
        ...{ eventType: 'sync.store.mended', actorId: replica.self, subjectId: replica.self, policyDomain: 'sync' },
        ...{ outcome: 'informational', reasonCode: 'none', details: { tables: [...tables] } },
      });
      log.info('the database is whole again');
      deps.refreshSoon('store_mended');
    });
  }

  step.wake();
  return step;
}
