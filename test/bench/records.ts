import type { JsonObject } from '../../src/base/json.ts';

export interface SampleRecord {
  readonly id: string;
  readonly fields: JsonObject;
}

const words = (
  'anchor basin beacon bracket bridge cabinet calendar candle chart copper corner current draft drawer engine field ' +
  'folder garden gauge harbour index island journal kettle ladder lantern ledger library machine market meadow measure ' +
  'mirror morning needle notebook orchard packet paper pencil pier planet pocket quarry reading record river sample ' +
  'season shelf signal station storm survey table tide timber tower valley vessel village water weather window winter'
).split(' ');

/** `count` workspace nodes of about 300 bytes as JSON; the same numbers always give the same records. */
export function sampleRecords(count: number, firstNumber = 0): readonly SampleRecord[] {
  return Array.from({ length: count }, (_, index) => sampleRecord(firstNumber + index));
}

export function sampleRecord(number: number, revision = 0): SampleRecord {
  const next = pseudoRandom(number * 7919 + revision * 104_729 + 1);
  const some = (count: number): string => Array.from({ length: count }, () => words[next() % words.length]).join(' ');
  const hex = (digits: number): string => Array.from({ length: digits }, () => (next() & 0xf).toString(16)).join('');
  return {
    id: `task-${String(number).padStart(7, '0')}`,
    fields: {
      kind: 'task',
      title: some(4),
      props: {
        body: some(14),
        due: `2026-${String(1 + (next() % 12)).padStart(2, '0')}-${String(1 + (next() % 28)).padStart(2, '0')}`,
        estimate: next() % 10_000,
        owner: `${some(1)}-${hex(6)}`,
        ref: hex(24),
        revision,
        tags: [some(1), some(1)],
      },
    },
  };
}

/** Mulberry32: integers of 31 bits, the same for the same seed. */
function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 1;
  };
}

/** Text of about `sizeBytes` in lines, for a file. */
export function sampleText(number: number, sizeBytes: number): string {
  const next = pseudoRandom(number * 31 + 17);
  const lines: string[] = [];
  let written = 0;
  while (written < sizeBytes) {
    const line = Array.from({ length: 9 }, () => words[next() % words.length]).join(' ');
    lines.push(line);
    written += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}
