import { contentAt, remove, save, saveTimed } from '../acts.ts';
import { expectArrivedOrSaid } from '../checks/said.ts';
import { anyDevice, anyOpenFolder } from '../choose.ts';
import { editors } from '../editors/all.ts';
import { redirect } from '../editors/shell.ts';
import { bytesOf, edited, noteText } from '../texts.ts';
import type { Scene } from './scene.ts';

const names = [
  'Äpfel und Öl.md',
  'cafe\u0301 noir.md',
  '日本語のメモ.md',
  'план на неделю.txt',
  '🌱 garden/🍅.md',
  ' leading space.md',
  'trailing space .md',
  'it\'s "quoted" & $odd; #1 (copy).md',
  '-rf.md',
  'no extension',
  '.hidden/notes.txt',
  'a'.repeat(200),
  `deep/${'level/'.repeat(20)}end.md`,
  'many.dots...in.it.md',
  'x.json',
  '%20percent%2F.md',
];

/** No record can be called so. */
const unusableName = 'tab\there.md';

/** Files whose names programs trip over. */
export const namer: Scene = {
  name: 'somebody uses a name that is hard to write',
  weight: 2,
  async play(life) {
    const { random } = life;
    const place = { device: anyDevice(life), folder: anyOpenFolder(life), path: random.pick(names) };
    if (random.chance(0.1)) {
      const unusable = { ...place, path: unusableName };
      await save(life, unusable, bytesOf(noteText(random)), redirect);
      await expectArrivedOrSaid(life, unusable);
      await remove(life, unusable);
    }
    const before = await contentAt(place);
    const text = before === undefined ? noteText(random) : edited(new TextDecoder().decode(before), random);
    await saveTimed(life, place, bytesOf(text), random.pick(editors));
  },
};
