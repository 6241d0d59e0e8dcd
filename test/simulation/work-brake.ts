import type { CollectionName } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Write } from '../../src/replica/names/write.ts';
import { type GovernedOperation, type GovernedTurn, liveRows, liveText, recipeOf } from './governed-turn.ts';
import { braked, forgetLosses, isAsked, wasText } from './loss-watch.ts';
import type { Process } from './process.ts';
import { everyItem, recipes } from './state-hash.ts';
import { token, writeOf } from './turn.ts';

const batchIds = ['b1', 'b2', 'b3', 'b4', 'b5'] as const;
const noteIds = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'] as const;
const presence = 'presence' as CollectionName;
const noteLines = 12;

export const brakeWork = {
  fill_recipes: (process, turn) => {
    const writes = batchIds
      .filter(() => turn.random.chance(0.8))
      .map((id) => writeOf(id, { kind: 'put', fields: recipeOf(turn) }));
    return process.replica.edit(recipes, writes).some(({ ok }) => ok);
  },
  fill_notes: (process, turn) => {
    const writes = noteIds
      .filter(() => turn.random.chance(0.8))
      .map((id) => writeOf(id, { kind: 'put', fields: noteOf(turn) }));
    return writeMany(process, turn, presence, writes);
  },
  /** An editor saves one note again and again: nobody is ever stopped for it. */
  save_note: (process, turn) => {
    const note = turn.random.pick(noteIds);
    const row = liveRows(turn.device, presence).find(({ id }) => id === note);
    const text = row?.fields?.['text'];
    return (
      typeof text === 'string' &&
      process.replica.edit(presence, [
        writeOf(note, { kind: 'put', fields: { ...row?.fields, text: `${text}${token(turn)} saved\n` } }),
      ])[0]?.ok === true
    );
  },
  remove_few: (process, turn) => {
    const [first] = turn.random.shuffled(liveRows(turn.device, recipes));
    return (
      first !== undefined && process.replica.edit(recipes, [writeOf(first.id, { kind: 'remove' })])[0]?.ok === true
    );
  },
  remove_many: (process, turn) => {
    const writes = someLive(turn, recipes).map(({ id }) => writeOf(id, { kind: 'remove' }));
    return writeMany(process, turn, recipes, writes);
  },
  replace_many: (process, turn) => {
    const writes = someLive(turn, recipes).map(({ id }) => writeOf(id, { kind: 'put', fields: recipeOf(turn) }));
    return writeMany(process, turn, recipes, writes);
  },
  empty_many: (process, turn) => {
    const writes = someLive(turn, presence).map(({ id, fields }) =>
      writeOf(id, { kind: 'put', fields: { ...fields, text: '' } }),
    );
    return writeMany(process, turn, presence, writes);
  },
  overwrite_many: (process, turn) => {
    const writes = someLive(turn, presence).map(({ id }) => writeOf(id, { kind: 'put', fields: noteOf(turn) }));
    return writeMany(process, turn, presence, writes);
  },
  decide_brake: (process, { device, random, counters, report, governance }) => {
    const held = device.disk.reviews.listOpen(everyItem).items.filter(({ kind }) => kind === 'brake');
    const decision = random.chance(0.5) ? 'accept' : 'reject';
    const before = textsOf(device);
    const isFormer = (of: string): boolean =>
      braked.some((name) =>
        liveRows(device, name).some(
          ({ id, fields }) =>
            `${name}/${id}` === of &&
            fields?.['text'] !== undefined &&
            wasText(governance, name, id, String(fields['text'])),
        ),
      );
    const results = process.replica.decide(
      held.map(({ id }) => id),
      decision,
    );
    counters.hit(`brake ${decision}ed`, results.filter(({ ok }) => ok).length);
    // What went just before it was stopped may come back with the rest, and nothing else may differ.
    const other = [...before].find(([name, text]) => textsOf(device).get(name) !== text && !isFormer(name));
    if (decision === 'reject' && other !== undefined) {
      report('brake', `device ${device.index}: a mass change was rejected, and ${other[0]} is another`);
    }
    for (const [index, result] of results.entries()) {
      const collection = held[index]?.collection as CollectionName;
      if (result.ok && isAsked(device, collection)) {
        report('brake', `device ${device.index}: a mass change of ${collection} was decided, and is asked about`);
      }
    }
    forgetLosses(governance, device);
    return results.some(({ ok }) => ok);
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** What takes too much away is held until a person confirms it, and then nothing of it is written. */
function writeMany(
  process: Process,
  { device, random, counters, report, governance }: GovernedTurn,
  collection: CollectionName,
  writes: readonly Write[],
): boolean {
  const before = textsOf(device);
  const isConfirmed = random.chance(0.8);
  const results = process.replica.edit(collection, writes, isConfirmed);
  const isHeld = results.some((result) => !result.ok && result.error.kind === 'mass_change');
  counters.hit('mass change refused here', isHeld ? 1 : 0);
  if (isHeld && [...textsOf(device)].some(([name, text]) => before.get(name) !== text)) {
    report('brake', `device ${device.index}: a call was held, and something of it was written`);
  }
  if (isHeld && !isAsked(device, collection)) {
    report('brake', `device ${device.index}: a call was held, and nobody is asked about it`);
  }
  if (isConfirmed) {
    forgetLosses(governance, device);
  }
  return results.some(({ ok }) => ok);
}

/** Everything that is live in the collections of which a mass change may be held, by name. */
function textsOf(device: GovernedTurn['device']): ReadonlyMap<string, string> {
  return new Map(braked.flatMap((name) => liveRows(device, name).map((row) => [`${name}/${row.id}`, liveText(row)])));
}

/** Nearly all that is live, so that it is a mass change; sometimes a few. */
function someLive(
  { device, random }: GovernedTurn,
  collection: CollectionName,
): readonly { readonly id: Write['id']; readonly fields: JsonObject | null }[] {
  const share = random.chance(0.7) ? 0.9 : 0.3;
  return liveRows(device, collection).filter(() => random.chance(share));
}

/** A note of so many lines that another text in its place is a loss. */
function noteOf(turn: GovernedTurn): JsonObject {
  const word = token(turn);
  const text = Array.from({ length: noteLines }, (_, line) => `${word} line${word}${line}\n`).join('');
  return { kind: 'note', text };
}
