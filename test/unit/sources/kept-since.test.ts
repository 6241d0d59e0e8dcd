import { describe, expect, it } from 'vitest';
import { createKeptSince } from '../../../src/sources/places/kept-since.ts';
import { type PlaceSight, asidesAmong } from '../../../src/sources/places/read-place.ts';

/** Units are called by what they say; what begins with `!` stays here. `file: words words` */
function sightOf(text: string, path = 'f'): PlaceSight {
  const words = text.split(' ').filter((word) => word !== '');
  const file = { path, text, look: {} } as never;
  const units = new Map(
    words.filter((word) => !word.startsWith('!')).map((word) => [`g/${word}`, { file, text: word }]),
  );
  const nameless = words
    .filter((word) => word.startsWith('!'))
    .map((word) => ({ group: 'g/', text: word.slice(1), why: 'secret', path }));
  return { units, files: [], faults: [], leftAlone: 0, nameless };
}

/** What is held after each of these texts, as ids without their group. */
async function heldAfter(
  texts: readonly string[],
  noted: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  const since = createKeptSince();
  const files = new Map(noted.map((word) => [`g/${word}`, 'f']));
  const said = new Map<string, string>();
  const heldThen: (readonly string[])[] = [];
  for (const text of texts) {
    const sight = await since(sightOf(text), { files, textOf: (id) => said.get(id) });
    sight.units.forEach((unit, id) => {
      files.set(id, 'f');
      said.set(id, unit.text);
    });
    const asides = await asidesAmong(sight, [...files.keys()]);
    heldThen.push([...asides.keys()].map((id) => id.slice(2)));
  }
  return heldThen;
}

describe('what begins to stay here', () => {
  it.each<[string, readonly string[], readonly (readonly string[])[]]>([
    ['one that is changed is held', ['a b', '!a1 b'], [[], ['a']]],
    ['as long as it stays', ['a b', '!a1 b', '!a1 b', '!a1 b c'], [[], ['a'], ['a'], ['a']]],
    ['also where it changes again', ['a b', '!a1 b', '!a2 b'], [[], ['a'], ['a']]],
    ['and not once it is gone', ['a b', '!a1 b', 'b'], [[], ['a'], []]],
    ['nor once it is there again', ['a b', '!a1 b', 'a b !a1', 'b !a1'], [[], ['a'], [], []]],
    ['one that was there before stands for none', ['a b !z', 'b !z', '!z'], [[], [], []]],
    ['each stands for one', ['a b', '!a1', '!a1 !b1'], [[], ['a'], ['a', 'b']]],
    ['for the one that it is like', ['curl-x ls-y', '!ls-y-1'], [[], ['ls-y']]],
    ['two that say the same are two', ['a b', '!x !x'], [[], ['a', 'b']]],
    ['nothing where nothing appears', ['a b', 'b'], [[], []]],
    ['nothing where nothing is gone', ['a', 'a !x'], [[], []]],
  ])('P14 %s', async (_name, texts, held) => {
    expect(await heldAfter(texts)).toEqual(held);
  });

  it('P14 while nothing ran, too', async () => {
    expect(await heldAfter(['!x b', '!x'], ['a', 'b'])).toEqual([['a'], ['a']]);
  });

  it('P14 in another file or of another kind it is something else', async () => {
    const since = createKeptSince();
    const before = { files: new Map(Object.entries({ 'g/a': 'other', 'h/b': 'f' })), textOf: () => undefined };
    const sight = await since(sightOf('!a1'), before);
    expect(await asidesAmong(sight, ['g/a', 'h/b'])).toEqual(new Map());
  });
});
