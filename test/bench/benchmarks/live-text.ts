import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import type { Device } from '../stage/device.ts';
import { probe } from '../stage/probe.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { usageOf } from '../stage/usage.ts';
import { percentile } from '../statistics.ts';

const editsPerTurn = 50;
const bufferedLimitBytes = 64 * 1024;
const personIntervalMs = 100;
/** How often letters are used in English, so that the text compresses as a person's would. */
const letters = ' etaoin shrdlu cmfwyp vbgkqj xz e t a o i n e t a ';

export const liveText: Benchmark = {
  name: 'live-text',
  title:
    'a person’s edits of one text, letter by letter and as fast as they go, through the live channel of A, seen by an editor at B',
  async run(context) {
    const size = context.pick<Size>({
      full: { edits: 260_000, personLetters: 100, plainCount: 40 },
      quick: { edits: 40_000, personLetters: 100, plainCount: 40 },
      shortest: { edits: 500, personLetters: 3, plainCount: 2 },
    });
    return onStage(context, async (stage) => measure(stage, size), { metered: true });
  },
};

interface Size {
  readonly edits: number;
  /** Letters that are typed at a person's pace. */
  readonly personLetters: number;
  /** Small records that are written for comparison. */
  readonly plainCount: number;
}

async function measure({ a, b, wire }: Stage, { edits, personLetters, plainCount }: Size): Promise<readonly Figure[]> {
  await a.ask((client) => client.putRecord('presence', 'pad', { kind: 'note', text: '' }));
  await until('the text is at B', async () => (await changesOf(b)) === 1);
  const plainMs = await plainWrites(a, plainCount);
  const [here, there] = [openEditor(a), openEditor(b)];
  const wireBefore = wire?.sizeBytes ?? 0;
  const probes = [await probe(a), await probe(b)];
  const startedMs = performance.now();
  await typeEdits(here, edits);
  const typedMs = performance.now() - startedMs;
  await until('B has what A has', async () => textOf(there.doc).length === textOf(here.doc).length);
  const seenMs = performance.now() - startedMs;
  const [atA, atB] = (await Promise.all(probes.map(async (stop) => stop()))) as [readonly number[], readonly number[]];
  demand(textOf(there.doc).toString() === textOf(here.doc).toString(), 'the editors say the same');
  const stored = await a.ask((client) => client.document('presence', 'pad'));
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(here.doc));
  const compactBytes = Y.encodeStateAsUpdate(fresh).length;
  const changes = (await changesOf(a)) - 1;
  const bytesByPerson = await typeAsPerson(here, there, personLetters, () => wire?.sizeBytes ?? 0);
  // From A to the relay and from there to B, each the log with its headers, signatures and padding, and its frames.
  const log = ((wire?.sizeBytes ?? 0) - wireBefore) / 2;
  here.close();
  there.close();
  const floorMs = floorOfTyping(edits);
  return [
    { label: 'edits', value: edits, unit: '' },
    { label: 'length of the text', value: textOf(fresh).length, unit: 'characters' },
    { label: 'typed and taken', value: typedMs, unit: 'ms' },
    { label: 'typed until the editor at B has all', value: seenMs, unit: 'ms' },
    { label: 'floor: two documents in one process', value: floorMs, unit: 'ms' },
    { label: 'typed until the editor at B has all ÷ floor', value: seenMs / floorMs, unit: timesTheFloor },
    { label: 'changes signed', value: changes, unit: '' },
    { label: 'encoding of Yjs after compaction', value: compactBytes, unit: 'B' },
    { label: 'stored document', value: stored.length, unit: 'B' },
    { label: 'stored document ÷ encoding of Yjs', value: stored.length / compactBytes, unit: '×' },
    { label: 'log growth', value: log, unit: 'B' },
    { label: 'log growth ÷ encoding of Yjs', value: log / compactBytes, unit: '×', goal: '≤ 1.5' },
    { label: 'log growth of a letter at 10 letters a second', value: bytesByPerson, unit: 'B' },
    { label: 'longest answer of A while 4 small records a second are written', value: plainMs, unit: 'ms' },
    { label: 'answer of A meanwhile, p99', value: percentile(atA, 0.99), unit: 'ms' },
    { label: 'longest stall of A', value: Math.max(...atA), unit: 'ms', first: '≤ 50' },
    { label: 'longest stall of B', value: Math.max(...atB), unit: 'ms', first: '≤ 50' },
    { label: 'peak RSS of A', value: usageOf(a.daemon.pid).peakMiB, unit: 'MiB' },
  ];
}

interface OpenEditor {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  close(): void;
}

function openEditor({ socketPath, token }: Device): OpenEditor {
  class SocketWithToken extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws+unix:${socketPath}:/v1/collections/presence/records`, 'pad/live', doc, {
    // Its type asks for the class of browsers.
    WebSocketPolyfill: SocketWithToken as never,
    disableBc: true,
  });
  return {
    ...{ doc, provider },
    close() {
      provider.destroy();
      doc.destroy();
    },
  };
}

/** Types at one place for a while, goes back a few letters now and then, and sometimes jumps elsewhere. */
async function typeEdits({ doc, provider }: OpenEditor, edits: number): Promise<void> {
  await until('the editor has the text', async () => provider.synced);
  const typeOne = typist(textOf(doc));
  for (let edit = 0; edit < edits; edit++) {
    if (edit % editsPerTurn === 0) {
      await turn();
      await until('the daemon reads', async () => bufferedOf(provider) < bufferedLimitBytes);
    }
    typeOne();
  }
}

/** The same edits on one document, each handed to a second in the same process: milliseconds. */
function floorOfTyping(edits: number): number {
  const [here, there] = [new Y.Doc(), new Y.Doc()];
  here.getMap('fields').set('text', new Y.Text());
  here.on('update', (update: Uint8Array) => {
    Y.applyUpdate(there, update);
  });
  const typeOne = typist(textOf(here));
  const startedMs = performance.now();
  for (let edit = 0; edit < edits; edit++) {
    typeOne();
  }
  return performance.now() - startedMs;
}

/** Makes the next edit each time it is called: the same ones in every run. */
function typist(text: Y.Text): () => void {
  const random = seeded(7);
  let cursor = 0;
  let deletions = 0;
  return () => {
    if (random() < 0.003) {
      cursor = Math.floor(random() * (text.length + 1));
    }
    if (deletions === 0 && random() < 0.1) {
      deletions = 1 + Math.floor(random() * 5);
    }
    if (deletions > 0 && cursor > 0) {
      deletions--;
      text.delete(--cursor, 1);
    } else {
      deletions = 0;
      text.insert(cursor++, letters[Math.floor(random() * letters.length)] as string);
    }
  };
}

/** What one letter adds to the log where each comes as a person types it: bytes. */
async function typeAsPerson(
  here: OpenEditor,
  there: OpenEditor,
  personLetters: number,
  wireBytes: () => number,
): Promise<number> {
  const before = wireBytes();
  for (let letter = 0; letter < personLetters; letter++) {
    textOf(here.doc).insert(0, 'a');
    await pause(personIntervalMs);
  }
  await until('B has what A has', async () => textOf(there.doc).length === textOf(here.doc).length);
  return (wireBytes() - before) / 2 / personLetters;
}

/** How long a sign of life takes at worst where nobody edits a text, for comparison: ms. */
async function plainWrites(device: Device, count: number): Promise<number> {
  const stop = await probe(device);
  for (let number = 0; number < count; number++) {
    await device.ask((client) => client.putRecord('presence', 'plain', { kind: 'cursor', data: { number } }));
    await pause(250);
  }
  return Math.max(...(await stop()));
}

function bufferedOf({ ws }: WebsocketProvider): number {
  return (ws as { bufferedAmount: number } | null)?.bufferedAmount ?? 0;
}

function textOf(doc: Y.Doc): Y.Text {
  return doc.getMap<Y.Text>('fields').get('text') ?? new Y.Text();
}

async function changesOf(device: Device): Promise<number> {
  return (await device.ask((client) => client.history('presence', 'pad'))).items.length;
}

/** Numerical Recipes’ generator: the same edits in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
