import type { CollectionName, ScopeId } from '../../src/base/ids.ts';
import { isRemoval } from '../../src/merge/values/plan.ts';
import { quarantineIdOf } from '../../src/replica/names/quarantine-id.ts';
import type { HistoryRow } from '../../src/store/ground/port.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import type { Report } from './findings.ts';
import type { Governance } from './governance.ts';
import { liveRows } from './governed-turn.ts';
import { everyItem, recipes } from './state-hash.ts';

/** Collections whose remote changes are live at once, and which the workload fills. */
export const braked: readonly CollectionName[] = [recipes, 'workspace', 'presence'] as CollectionName[];

/** What one device has lost of one collection, as somebody sees it who looks at the disk alone. */
export interface LossLedger {
  /** What was live when the disk was looked at last: the text of each record. */
  seen: ReadonlyMap<string, string>;
  /** Everything that was ever lost here, by whomever. */
  readonly ever: Set<string>;
  /** Lost by what arrived, since a person decided here, and not there again. */
  readonly byOthers: Set<string>;
  mostLive: number;
}

interface Watching {
  readonly report: Report;
  readonly counters: Counters;
  readonly governance: Governance;
}

/** A brake as the page of semantics has it, read a second time: what may go unasked of so many. */
export function mayGo({ share, minimum }: { share?: number; minimum?: number }, live: number): number {
  return share === undefined || minimum === undefined
    ? Math.min(Math.max(100, Math.floor(live / 2)), Math.max(10, Math.floor(live * 0.9 + 1e-9)))
    : Math.max(minimum - 1, Math.floor(share * live + 1e-7));
}

/**
 * The brake, at each arrival. What others take away never passes what may go of the most that was ever live, over
 * deliveries, days and restarts, until a person decides; nobody is asked where less was lost, held losses included, than
 * may go of the least; and what is held is a loss, or rests on one.
 */
export function watchLosses({ report, counters, governance }: Watching, device: Device, scopeId: ScopeId): () => void {
  const isLive = device.process?.isLive(scopeId) === true;
  const openBefore = new Set(braked.filter((name) => isAsked(device, name)));
  lookAtAll(governance, device, true);
  return () => {
    for (const name of braked) {
      const ledger = ledgerOf(governance, device, name);
      const lost = look(governance, device, name, true);
      if (isLive) {
        lost.forEach((id) => ledger.byOthers.add(id));
      }
      const limit = mayGo(governance.swarm.brake, ledger.mostLive);
      if (ledger.byOthers.size > limit) {
        report('brake', `device ${device.index}: ${ledger.byOthers.size} of ${name} went unasked, and ${limit} may`);
      }
      const isNew = isAsked(device, name) && !openBefore.has(name);
      counters.hit('brake held', isNew ? 1 : 0);
      if (isNew) {
        checkNeed(report, governance, device, name, ledger);
      }
      checkHeldAreLosses(report, device, name);
    }
  };
}

/** Looks at what is lost, after whatever may have lost something: also what is there again a moment later counts. */
export function noteLosses(governance: Governance, device: Device): void {
  lookAtAll(governance, device, false);
}

function lookAtAll(governance: Governance, device: Device, isArrival: boolean): void {
  for (const name of braked) {
    look(governance, device, name, isArrival);
  }
}

/** A person has decided, or confirmed, something on a device: what was lost before counts no longer. */
export function forgetLosses(governance: Governance, device: Device): void {
  for (const name of braked) {
    ledgerOf(governance, device, name).byOthers.clear();
  }
}

export function isAsked({ disk }: Device, name: CollectionName): boolean {
  return disk.reviews.openOf(name, '*' as never).some(({ kind }) => kind === 'brake');
}

function checkNeed(
  report: Report,
  governance: Governance,
  device: Device,
  name: CollectionName,
  { ever }: LossLedger,
): void {
  const held = waitingOf(device, name).map(({ recordId }) => recordId as string);
  const most = new Set([...ever, ...held]).size;
  const limit = mayGo(governance.swarm.brake, device.disk.records.counts(name).live);
  if (most <= limit) {
    report('brake', `device ${device.index}: asks about ${name}, of which ${most} at most were lost, and ${limit} may`);
  }
}

/** Records of these are small, so that only their removal is a loss. */
const small: readonly string[] = ['recipes', 'workspace'];

function checkHeldAreLosses(report: Report, device: Device, name: CollectionName): void {
  if (!small.includes(name) || !isAsked(device, name) || device.process === undefined) {
    return;
  }
  for (const row of waitingOf(device, name)) {
    const change = device.process.replica
      .history(name, row.recordId)
      .find((entry) => entry.change.changeId === row.changeId)?.change;
    const isWhole = change?.parents.every((parent) => {
      const disposition = device.disk.history.get(parent)?.disposition;
      return disposition !== undefined && disposition !== 'waiting';
    });
    const isByAnother = device.disk.quarantine.get(quarantineIdOf(row)) !== undefined;
    if (change !== undefined && isWhole === true && !isRemoval(change) && !isByAnother && isEnabled(device, name)) {
      report('brake', `device ${device.index}: an edit of ${name}/${row.recordId} is held, which takes nothing away`);
    }
  }
}

function isEnabled(device: Device, name: CollectionName): boolean {
  return device.process?.isEnabled(device.bindingOf(name).manifest.engineId) === true;
}

function waitingOf({ disk }: Device, name: CollectionName): readonly HistoryRow[] {
  return disk.history.listWaiting(name, everyItem).items;
}

/** True for a text that the record had somewhere, some time. */
export function wasText({ texts }: Governance, name: string, id: string, text: string): boolean {
  return texts.has(textName(name, id, text));
}

function textName(collection: string, id: string, text: string): string {
  return `${collection}/${id} ${text}`;
}

/** Looks at what is live now, and answers what is lost of what was live before. */
function look(governance: Governance, device: Device, name: CollectionName, isArrival: boolean): readonly string[] {
  const ledger = ledgerOf(governance, device, name);
  const now = new Map(liveRows(device, name).map(({ id, fields }) => [id as string, String(fields?.['text'] ?? '-')]));
  const gone = [...ledger.seen].filter(([id, text]) => isLost(text, now.get(id))).map(([id]) => id);
  gone.forEach((id) => ledger.ever.add(id));
  // What a record was before, somewhere, is no loss of what it is: somebody has brought it back.
  const lost = gone.filter((id) => !governance.metTexts.has(textName(name, id, String(now.get(id)))));
  for (const [id, text] of [...now].filter(([, said]) => said.trim() !== '')) {
    governance.texts.add(textName(name, id, text));
    if (isArrival) {
      governance.metTexts.add(textName(name, id, text));
    }
  }
  ledger.seen = now;
  ledger.mostLive = Math.max(ledger.mostLive, now.size);
  for (const id of ledger.byOthers) {
    // One that is there again may not count any more.
    if (now.has(id)) {
      ledger.byOthers.delete(id);
    }
  }
  return lost;
}

function isLost(before: string, after: string | undefined): boolean {
  if (after === undefined) {
    return true;
  }
  const lines = before.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.length > 0 && (after.trim() === '' || (lines.length >= 10 && !lines.some((line) => after.includes(line))))
  );
}

function ledgerOf({ losses }: Governance, device: Device, name: CollectionName): LossLedger {
  const key = `${device.index} ${name}`;
  const known = losses.get(key) ?? { seen: new Map(), ever: new Set(), byOthers: new Set(), mostLive: 0 };
  losses.set(key, known);
  return known;
}
