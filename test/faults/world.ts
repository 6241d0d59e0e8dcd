import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, writeConfig } from '../bench/stage/device.ts';
import { copyPair } from '../bench/stage/pair.ts';
import { type RunningProcess, startProcess } from '../bench/stage/processes.ts';
import { sameFiles } from '../helpers/processes.ts';
import { type Book, createBook } from './book.ts';
import type { Fault, Prepared } from './fault.ts';
import { type Member, createMember, lastLines } from './member.ts';
import { come } from './come.ts';

/** Two paired devices with a linked folder each, and a relay: processes of their own, in a folder of their own. */
export interface World {
  readonly root: string;
  readonly relay: Relay;
  readonly a: Member;
  readonly b: Member;
  readonly members: readonly [Member, Member];
  readonly book: Book;
  /** 0 to 1, another one each time. */
  readonly chance: () => number;
}

export interface Relay {
  readonly url: string;
  readonly metricsUrl: string;
  readonly pid: number;
  readonly name: 'relay';
  readonly isRunning: boolean;
  /** Again at the same address, on the same data. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** The last lines that it printed. */
  lastWords(): string;
}

/** Sets a world, plays in it, and takes it down in every case. */
export async function inWorld<T>(fault: Fault, chance: () => number, play: (world: World) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-faults-'));
  const closers: (() => Promise<unknown>)[] = [];
  try {
    await copyPair(root);
    const prepared = (await fault.prepare?.(root)) ?? {};
    closers.push(async () => prepared.close?.());
    const relay = await openRelay(root, prepared, closers);
    const members = await Promise.all(
      (['a', 'b'] as const).map(async (name) => {
        const address = name === 'a' ? (prepared.address?.(relay.url) ?? relay.url) : relay.url;
        await writeConfig(join(root, name), name, address);
        const member = createMember(root, name);
        closers.push(async () => member.kill());
        await mkdir(member.files);
        await member.start(prepared.environment?.[name] ?? {});
        return member;
      }),
    );
    const [a, b] = members as [Member, Member];
    const world = { root, relay, a, b, members: [a, b] as const, book: createBook(), chance };
    await settle(world);
    return await play(world);
  } finally {
    await Promise.allSettled(closers.reverse().map(async (close) => close()));
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openRelay(
  root: string,
  { environment, publicUrl }: Prepared,
  closers: (() => Promise<unknown>)[],
): Promise<Relay> {
  const logPath = join(root, 'third.log');
  let running: RunningProcess | undefined;
  const serve = async (listen: string): Promise<Readonly<Record<string, unknown>>> => {
    const named = publicUrl === undefined ? [] : ['--public-url', publicUrl];
    const where = ['--listen', listen, '--metrics', '127.0.0.1:0', '--data', join(root, 'relay'), ...named, '--open'];
    running = await startProcess([command, 'relay', 'serve', ...where, '--json'], logPath, environment?.relay);
    return running.ready;
  };
  closers.push(async () => running?.kill());
  const ready = await serve('127.0.0.1:0');
  const url = String(ready['url']);
  return {
    ...{ name: 'relay', url },
    get metricsUrl(): string {
      return String(running?.ready['metrics']);
    },
    get pid(): number {
      return running?.pid ?? 0;
    },
    get isRunning(): boolean {
      return running?.isRunning === true;
    },
    async start() {
      await serve(new URL(url).host);
    },
    kill: async () => running?.kill(),
    lastWords: () => lastLines(logPath),
  };
}

/** Both are online and in step, each with a linked folder. */
async function settle({ a, b }: World): Promise<void> {
  for (const { client, files } of [a, b]) {
    const linked = await client.link('sourceos.sync.notes', files);
    if (!linked.ok) {
      throw new Error(`A folder was not linked: ${JSON.stringify(linked.error)}`);
    }
  }
  await a.client.putRecord('workspace', 'first', { kind: 'note', title: 'of a' });
  const isInStep = await come(30_000, async () => (await b.shown())?.get('workspace first') === 'of a');
  if (!isInStep) {
    throw new Error('The devices did not find each other before anything happened.');
  }
}

/** Both show the same, have nothing left to send, and their folders are alike. */
export async function areEqual({ a, b }: World): Promise<boolean> {
  const [ofA, ofB] = await Promise.all([a.shown(), b.shown()]);
  if (ofA === undefined || ofB === undefined || !isSame(ofA, ofB)) {
    return false;
  }
  const statuses = await Promise.all([a.status(), b.status()]);
  const isOut = statuses.every((status) => status?.engines.every(({ counts }) => counts.outbox === 0) === true);
  return isOut && (await sameFiles(a.files, b.files));
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([id, text]) => other.get(id) === text);
}
