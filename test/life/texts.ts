import { utf8 } from '../../src/base/bytes.ts';
import type { Random } from '../simulation/random.ts';

const words = (
  'anchor basin beacon bridge cabinet calendar candle chart copper corner current draft drawer engine field folder ' +
  'garden gauge harbour index island journal kettle ladder lantern ledger library machine market meadow measure mirror ' +
  'morning needle notebook orchard packet paper pencil pier planet pocket quarry reading river sample season shelf ' +
  'signal station storm survey table tide timber tower valley vessel village water weather window winter'
).split(' ');

export function wordsOf(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(words)).join(' ');
}

/** A line that stands nowhere else, so that it can be told where it went. */
export function freshLine(random: Random): string {
  const mark = [...random.bytes(4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${wordsOf(random, 5 + random.below(5))} ${mark}`;
}

export function noteText(random: Random, lines: number = 12 + random.below(20)): string {
  return `# ${wordsOf(random, 3)}\n\n${Array.from({ length: lines }, () => `${freshLine(random)}\n`).join('')}`;
}

export function sourceText(random: Random, functions: number = 4 + random.below(6)): string {
  const one = (): string => {
    const name = wordsOf(random, 2).replace(' ', '_');
    return [
      `def ${name}(value):`,
      `    # ${freshLine(random)}`,
      `    return value + ${random.below(1000)}`,
      '',
      '',
    ].join('\n');
  };
  return `"""${wordsOf(random, 6)}"""\n\n${Array.from({ length: functions }, one).join('\n')}`;
}

export function dotfileText(random: Random, aliases: number = 12 + random.below(8)): string {
  const one = (): string => `alias ${wordsOf(random, 1)}${random.below(1000)}='echo ${freshLine(random)}'\n`;
  return `# ${wordsOf(random, 4)}\n${Array.from({ length: aliases }, one).join('')}`;
}

/** Bytes that no editor takes for text. */
export function binaryOf(random: Random, sizeBytes: number): Uint8Array {
  const bytes = random.bytes(sizeBytes);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0], 0);
  return bytes;
}

export type Edit = (text: string, random: Random) => string;

/** Small edits, as a person makes them between two saves; each brings a line that stands nowhere else. */
export const edits: readonly Edit[] = [
  (text, random) => `${text.endsWith('\n') || text === '' ? text : `${text}\n`}${freshLine(random)}\n`,
  (text, random) => withLine(text, random, (lines, at) => lines.toSpliced(at, 0, freshLine(random))),
  (text, random) => withLine(text, random, (lines, at) => lines.toSpliced(at, 1, freshLine(random))),
  (text, random) => withLine(text, random, (lines, at) => lines.toSpliced(at, 1, `${lines[at]} ${freshLine(random)}`)),
  (text, random) =>
    withLine(text, random, (lines, at) => lines.toSpliced(at, lines.length > 12 ? 2 : 1, freshLine(random))),
];

export function edited(text: string, random: Random): string {
  return random.pick(edits)(text, random);
}

/** Puts another line in the place of one, counted from the start or, where negative, from the end. */
export function withLineAt(text: string, at: number, line: string): string {
  const lines = text.split('\n');
  return lines.with(at, line).join('\n');
}

export function bytesOf(text: string): Uint8Array {
  return utf8(text);
}

function withLine(text: string, random: Random, change: (lines: string[], at: number) => string[]): string {
  const lines = text.split('\n');
  // The last is empty where the text ends with a line.
  return change(lines, random.below(Math.max(1, lines.length - 1))).join('\n');
}
