import { describe, expect, it } from 'vitest';
import { inStep, remove } from '../../life/acts.ts';
import { sharedFiles } from '../../life/choose.ts';
import { losses } from '../../life/losses/all.ts';
import { apart } from '../../life/people/apart.ts';
import { autosaver } from '../../life/people/autosaver.ts';
import { formatter } from '../../life/people/formatter.ts';
import { noteTaker } from '../../life/people/note-taker.ts';
import { scenes } from '../../life/people/all.ts';
import type { Scene } from '../../life/people/scene.ts';
import { folderKinds } from '../../life/product/port.ts';
import type { FaultKind } from '../../life/tally.ts';
import type { Entry } from '../../life/timetable.ts';
import { faultsIn, liveInTwin } from './live-in-twin.ts';
import type { TwinFaults } from './twin.ts';
import { itDeep, runs } from '../../helpers/suite.ts';

const sceneEntry = (scene: Scene): Entry => ({ kind: 'scene', scene });

const lossEntry = (loss: (typeof losses)[number], index: number): Entry => ({
  ...{ kind: 'loss', loss, folder: folderKinds[index % 3] as (typeof folderKinds)[number] },
  ...{ on: index % 2 === 0 ? 'desk' : 'laptop', restarts: index % 3 === 0 },
  // What is meant leaves a folder in which nothing can be lost any more.
  answer: index === losses.length - 1 ? 'accept' : 'reject',
});

describe('a life with a product that keeps the promise', () => {
  itDeep('19 finds nothing, whatever people do', { timeout: 300_000 }, async () => {
    const tally = await liveInTwin(3, scenes.map(sceneEntry));
    expect(tally.findings).toEqual([]);
    expect(tally.counts.get('scenes played')).toBe(scenes.length);
    expect(tally.inStepMs.timed).toBeGreaterThan(0);
  });

  itDeep('19 finds nothing, whatever is lost at once', { timeout: 300_000 }, async () => {
    const tally = await liveInTwin(4, losses.map(lossEntry));
    expect(tally.findings).toEqual([]);
    expect(tally.counts.get('mass losses stopped')).toBe(losses.length);
  });
});

describe('a life with a product that does not', () => {
  const [first, second] = losses as [(typeof losses)[number], (typeof losses)[number]];

  const deleteAndCrash: Scene = {
    ...{ name: 'a note is deleted, and then the laptop dies', weight: 1 },
    async play(life) {
      const { laptop } = life.pair;
      const [path = ''] = sharedFiles(life, 'notes');
      await remove(life, { device: laptop, folder: 'notes', path });
      await inStep(life, [{ device: laptop, folder: 'notes', path }]);
      await laptop.kill();
      await laptop.start();
    },
  };

  const broken: readonly [FaultKind, TwinFaults, readonly Entry[]][] = [
    ['lostText', { forgetsVersions: true }, [sceneEntry(autosaver)]],
    ['difference', { dropsFile: true }, [sceneEntry(noteTaker)]],
    ['copy', { leavesCopies: true }, [sceneEntry(apart)]],
    ['needlessStop', { stopsNeedlessly: true }, [sceneEntry(formatter)]],
    ['missedLoss', { letsLossesThrough: true }, [lossEntry(first, 0), lossEntry(second, 1)]],
    ['wrongMerge', { garblesMerges: true }, [sceneEntry(apart)]],
    ['resurrection', { revivesDeleted: true }, [sceneEntry(deleteAndCrash)]],
  ];

  it.each(runs(broken.slice(0, 2), broken))(
    '19 counts %s where %j',
    { timeout: 120_000 },
    async (kind, faults, timetable) => {
      expect(faultsIn(await liveInTwin(5, timetable, faults))).toContain(kind);
    },
  );

  it('17 counts broken where a scene cannot be played', { timeout: 60_000 }, async () => {
    const breaking: Scene = { name: 'somebody fails', weight: 1, play: async () => Promise.reject(new Error('no')) };
    expect(faultsIn(await liveInTwin(6, [sceneEntry(breaking)]))).toEqual(['broken']);
  });
});
