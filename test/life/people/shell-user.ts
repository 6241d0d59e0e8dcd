import { contentAt, save, textAt } from '../acts.ts';
import { decide } from '../checks/stops.ts';
import { anyDevice, sharedFiles, some } from '../choose.ts';
import { editors } from '../editors/all.ts';
import { type Device, type OpenItem, otherOf } from '../product/port.ts';
import { bytesOf, dotfileText, edited } from '../texts.ts';
import { until } from '../until.ts';
import type { Scene } from './scene.ts';

/** Changes dotfiles on one machine; on the other each change waits, and a person accepts or refuses it. */
export const shellUser: Scene = {
  name: 'somebody changes dotfiles, and somebody looks at it',
  weight: 4,
  async play(life) {
    const { random } = life;
    const device = anyDevice(life);
    const other = otherOf(life.pair, device);
    const folder = 'shell';
    const paths = some(life, sharedFiles(life, folder, isDotfile), 1 + random.below(3));
    for (const path of random.chance(0.3) ? [...paths, `conf.d/new-${random.below(6)}.sh`] : paths) {
      const place = { device, folder, path } as const;
      const isNew = (await contentAt(place)) === undefined;
      const text = isNew ? dotfileText(random) : edited(await textAt(place), random);
      await save(life, place, bytesOf(text), random.pick(editors));
    }
    const waits = async (): Promise<readonly OpenItem[]> => proposalsAt(other);
    await until(life.signal, life.patienceMs, async () => (await waits()).length > 0);
    for (const item of await waits()) {
      await decide(life, other, item, random.chance(0.8) ? 'accept' : 'reject');
    }
  },
};

function isDotfile(path: string): boolean {
  return path.startsWith('conf.d/') || path.startsWith('.');
}

async function proposalsAt(device: Device): Promise<readonly OpenItem[]> {
  return (await device.items()).filter(({ kind, folder }) => kind === 'proposal' && folder === 'shell');
}
