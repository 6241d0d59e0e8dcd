import type { ChangeId, CollectionName } from '../../src/base/ids.ts';
import { canonicalText } from '../../src/base/canonical-json.ts';
import type { JsonValue } from '../../src/base/json.ts';
import { isAgent } from '../../src/contract/agent.ts';
import type { LoggedChange } from '../../src/contract/change.ts';
import type { DecisionKind, ReviewItem } from '../../src/contract/review.ts';
import { type Decision, decisionOf, wholeFieldsOf } from '../../src/merge/values/decision.ts';
import type { HistoryEntry } from '../../src/replica/names/reports.ts';
import type { Device } from './device.ts';
import { rowAt } from './governed-turn.ts';
import { rowsOf } from './state-hash.ts';
import type { Turn } from './turn.ts';
import type { World } from './world.ts';

const shell = 'shell' as CollectionName;

/** The two laws of words, at every moment, read from the changes of each record and from nothing that the product concludes. */
export function checkWords(world: World, device: Device): void {
  const { replica } = device.process ?? {};
  const rows = replica === undefined ? [] : rowsOf(device.disk, shell);
  const histories = new Map(rows.map(({ id }) => [id, replica?.history(shell, id) ?? []]));
  const everywhere = [...histories.values()].flat().map(({ change }) => change);
  checkAuthors(world, device, [...histories.values()].flat());
  for (const row of rows) {
    const history = (histories.get(row.id) ?? []).map(({ change }) => change);
    const shown = tokensOf(row.fields);
    const where = `device ${device.index}: shell/${row.id}`;
    for (const token of shown) {
      if (!isSaidByTwo(token, device.keys.deviceId, history, everywhere)) {
        world.report(37, `${where} shows ${token}, which nobody here wrote and nobody beside its author accepted`);
      }
    }
    const last = lastWord(history, device.keys.deviceId);
    const missing = last === undefined ? [] : tokensOf(wholeFieldsOf(last)).filter((token) => !shown.includes(token));
    if (missing.length > 0) {
      world.report(38, `${where} lacks ${missing.join(', ')}, the last word of its own device`);
    }
  }
}

/** What counts was written by the person of the household, or by an agent of theirs. */
function checkAuthors({ household, report }: World, { index }: Device, entries: readonly HistoryEntry[]): void {
  for (const { change, disposition } of entries) {
    const { authorId, deviceId } = change;
    const isHeld = disposition === 'refused' || disposition === 'waiting';
    if (!isHeld && !isAgent(authorId) && authorId !== household.userId) {
      report('author', `device ${index}: ${authorId} is said to have written what ${deviceId} sent`);
    }
  }
}

/**
 * Invariant 37: live on a device is what its own person wrote, or what one device wrote and another one accepted. Whoever
 * merges or keeps both brings in what is that device's own word, but for a second record that holds what was proposed.
 */
function isSaidByTwo(
  token: string,
  self: string,
  history: readonly LoggedChange[],
  everywhere: readonly LoggedChange[],
): boolean {
  const words = history.filter((change) => tokensOf(broughtBy(change)).includes(token));
  const accepted = withPast(
    history,
    history.flatMap((command) => acceptedBy(command, history, self)),
  );
  return words.some(
    (word) =>
      accepted.has(word.changeId) ||
      (word.deviceId === self && !isAgent(word.authorId)) ||
      (decisionOf(word)?.decision === 'fork' && isProposedByAnother(token, word, everywhere)),
  );
}

function broughtBy(change: LoggedChange): JsonValue {
  return change.operation === 'command' ? (wholeFieldsOf(change) ?? null) : change.value;
}

function isProposedByAnother(token: string, fork: LoggedChange, everywhere: readonly LoggedChange[]): boolean {
  const decision = decisionOf(fork) as Extract<Decision, { decision: 'fork' }>;
  const proposed = new Set<ChangeId>(withPast(everywhere, decision.proposals));
  return everywhere.some(
    (word) =>
      proposed.has(word.changeId) &&
      (word.deviceId !== fork.deviceId || isAgent(word.authorId)) &&
      tokensOf(broughtBy(word)).includes(token),
  );
}

/** A yes counts where another device wrote, and for what an agent wrote, on the device of the person who says it. */
function acceptedBy(command: LoggedChange, history: readonly LoggedChange[], self: string): readonly ChangeId[] {
  const decision = decisionOf(command);
  const named = decision?.decision === 'accept' && !isAgent(command.authorId) ? decision.proposals : [];
  return named.filter((id) => {
    const word = history.find(({ changeId }) => changeId === id);
    return command.deviceId !== word?.deviceId || (isAgent(word.authorId) && command.deviceId === self);
  });
}

/**
 * Invariant 38: a person's last word on a device is what is live there, until somebody decides upon it; clocks say
 * nothing. Undefined where the device has said nothing, or where its word was decided about since.
 */
function lastWord(history: readonly LoggedChange[], self: string): LoggedChange | undefined {
  const own = history
    .filter(({ deviceId, authorId }) => deviceId === self && !isAgent(authorId))
    .sort((left, right) => left.sequence - right.sequence || left.index - right.index);
  const last = own.at(-1);
  const isDecided =
    last !== undefined &&
    history.some((change) => !leavesLive(change) && withPast(history, change.parents).has(last.changeId));
  return last === undefined || isDecided ? undefined : last;
}

/** Writes and refusals of others ask a device, and change nothing there before its person answers. */
function leavesLive(change: LoggedChange): boolean {
  return (
    change.operation !== 'command' || ['reject', 'keep_both', 'merge'].includes(decisionOf(change)?.decision ?? '')
  );
}

function withPast(history: readonly LoggedChange[], ids: readonly ChangeId[]): ReadonlySet<ChangeId> {
  const byId = new Map(history.map((change) => [change.changeId, change]));
  const waiting = [...ids];
  const past = new Set<ChangeId>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!past.has(next)) {
      past.add(next);
      waiting.push(...(byId.get(next)?.parents ?? []));
    }
  }
  return past;
}

/** Invariant 38: what a person accepts is live where it was accepted, at once. */
export function noteAccepted(turn: Turn, item: ReviewItem, decision: DecisionKind): void {
  const offered = item.alternatives[1];
  if (decision !== 'accept' || item.collection !== shell || item.kind !== 'proposal' || offered === undefined) {
    return;
  }
  turn.counters.hit('accepted and looked at');
  const row = rowAt(turn.device, item.collection, item.recordId);
  const [live, expected] = [row?.state === 'live' ? row.fields : null, offered.deleted ? null : offered.value].map(
    (fields) => canonicalText(fields as JsonValue),
  );
  if (live !== expected) {
    turn.report(38, `device ${turn.device.index}: shell/${item.recordId} is ${live}, and ${expected} was accepted`);
  }
}

/** Everything that a workload writes is written once, so that where it turns up tells who wrote it. */
function tokensOf(value: JsonValue | undefined): readonly string[] {
  return [...new Set(JSON.stringify(value ?? null).match(/\b[a-z]\d+\b/g) ?? [])].filter((word) => !isName(word));
}

/** Names of records and edges look alike. */
function isName(word: string): boolean {
  return /^s\d$/.test(word);
}
