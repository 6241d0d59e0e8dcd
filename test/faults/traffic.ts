import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from './member.ts';
import type { World } from './world.ts';

/** People at work on both devices: records through the API, and files in the linked folder. */
export interface Traffic {
  stop(): Promise<void>;
}

const records = 20;
const pending = 8;
const betweenMs = 25;
const longBetweenMs = 250;
/** After so many writes a person rests between them. */
const brisk = 150;
const files = 5;

/** Some records on both, then edits that wait on both; what waits begins to flow as this returns, and more comes. */
export async function beginTraffic(world: World): Promise<Traffic> {
  const pens = world.members.map((member) => createPen(world, member));
  await Promise.all(pens.map(async (pen) => times(records, pen.write)));
  // A relay that hears nothing: nothing that a device remembers changes by it.
  process.kill(world.relay.pid, 'SIGSTOP');
  await Promise.all(pens.map(async (pen) => times(pending, pen.write)));
  process.kill(world.relay.pid, 'SIGCONT');
  let isOver = false;
  const work = pens.map(async (pen) => {
    for (let count = 0; !isOver; count++) {
      await pen.write();
      await pause(count < brisk ? betweenMs : longBetweenMs);
    }
  });
  await pause(world.chance() * 200);
  return {
    async stop() {
      isOver = true;
      await Promise.all(work);
    },
  };
}

async function times(count: number, work: () => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) {
    await work();
  }
}

/** Writes records and files of one device alone, new ones and again ones that are there. */
function createPen({ book, chance }: World, { name, client, files: folder }: Member): { write(): Promise<void> } {
  let written = 0;

  async function putRecord(): Promise<void> {
    const number = written % 3 === 2 ? Math.floor(chance() * written) : written;
    const [id, title] = [`${name}-${number}`, `${name} wrote this as number ${written}`];
    const answer = await client.putRecord('workspace', id, { kind: 'task', title });
    if (answer.ok) {
      book.acknowledged(`workspace ${id}`, title);
    } else if (answer.error.kind === 'unreachable') {
      book.unsure(`workspace ${id}`, title);
    }
  }

  function saveFile(): void {
    const file = `${name}-${Math.floor(chance() * files)}.md`;
    const text = `${name} saved this as number ${written}\n`;
    if (existsSync(folder)) {
      writeFileSync(join(folder, file), text);
      book.saved(`notes ${file}`, text);
    }
  }

  return {
    async write() {
      if (written % 10 === 5) {
        saveFile();
      } else {
        await putRecord();
      }
      written++;
    },
  };
}
