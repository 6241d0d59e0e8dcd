import { textOf } from '../../../src/merge/values/engine-words.ts';
import { whatIsHidden, whyNoFact } from './plain-facts.ts';
import { type Block, blocksOf } from './text-blocks.ts';

/** A text with the headings that it stands below. */
export interface PlacedText {
  readonly headings: readonly string[];
  readonly text: string;
}

const longestText = 512 * 1024;

/** Why a change of a text may change what somebody is told to do; undefined where it is known that it does not. */
export function whyTextMatters(before: PlacedText, next: PlacedText): string | undefined {
  const hidden = whatIsHidden([...next.headings, next.text].join('\n'));
  if (hidden !== undefined) {
    return hidden;
  }
  if (before.text === next.text) {
    return undefined;
  }
  if (before.text.length > longestText || next.text.length > longestText) {
    return 'it is too long to be looked through';
  }
  const [was, is] = [judgedBlocks(before), judgedBlocks(next)];
  const added = without(is, was);
  const removed = without(was, is);
  const worst = firstFault(added);
  if (worst !== undefined) {
    return worst;
  }
  const lost = removed.find(({ fault }) => fault !== undefined);
  if (lost !== undefined) {
    return `it takes away, or makes less of, what was told: ${textOf(lost.text)}`;
  }
  return staysInOrder(was, is) ? undefined : 'what is told stands in another order, or in another place';
}

interface JudgedBlock {
  /** Equal for blocks that say the same: spaces and the kind of list make no difference. */
  readonly key: string;
  readonly text: string;
  readonly fault: string | undefined;
}

/** What stands below an instruction, as in "Never do this:", is a part of it. */
function judgedBlocks({ headings, text }: PlacedText): readonly JudgedBlock[] {
  const above = headings.map((heading) => whyNoFact({ kind: 'heading', text: heading, indent: 0 })).find(Boolean);
  let governing = above;
  let told: Block | undefined;
  return blocksOf(text).map((block) => {
    const own = whyNoFact(block);
    const isWithin = told !== undefined && block.indent > told.indent;
    const fault = own ?? governing ?? (isWithin ? `it stands below ${textOf(told?.text)}` : undefined);
    told = own === undefined ? (isWithin ? told : undefined) : block;
    if (block.kind === 'heading' || /[:…,]\W*$/.test(block.text)) {
      governing = own === undefined ? above : `it stands below ${textOf(block.text)}`;
    }
    return { key: `${block.kind} ${block.text.replaceAll(/\s+/g, ' ')}`, text: block.text, fault };
  });
}

/** Why it matters that a text goes. */
export function whyLossMatters(before: PlacedText): string | undefined {
  const lost = before.text.length > longestText ? undefined : firstFault(judgedBlocks(before));
  return before.text.length > longestText ? 'it is too long to be looked through' : lost;
}

/** Those of one list that the other has not, each as often as it is missing. */
function without(blocks: readonly JudgedBlock[], others: readonly JudgedBlock[]): readonly JudgedBlock[] {
  const counts = new Map<string, number>();
  for (const { key } of others) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return blocks.filter(({ key }) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count - 1);
    return count <= 0;
  });
}

function firstFault(blocks: readonly JudgedBlock[]): string | undefined {
  return blocks.find(({ fault }) => fault !== undefined)?.fault;
}

/** The instructions that both have, with what governs them, follow each other as they did. */
function staysInOrder(was: readonly JudgedBlock[], is: readonly JudgedBlock[]): boolean {
  const told = (blocks: readonly JudgedBlock[]): string =>
    JSON.stringify(blocks.filter(({ fault }) => fault !== undefined).map(({ key, fault }) => [key, fault]));
  return told(was) === told(is);
}
