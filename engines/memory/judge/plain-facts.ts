import { holdsHidden } from '../../../src/base/hidden-characters.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { isFinite, isStarter, isTelling, isTurn, isVerb } from './instruction-words.ts';
import type { Block } from './text-blocks.ts';

const pictograms = /\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: characters that are not shown are what it looks for
const control = /[\p{Co}\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

/** What a person does not see and a program reads; undefined where all is shown. */
export function whatIsHidden(text: string): string | undefined {
  const bare = text.replaceAll(pictograms, '').replaceAll('\r\n', '\n');
  if (holdsHidden(bare) || control.test(bare)) {
    return 'it has characters in it that are not shown';
  }
  if (text.includes('<!-') || text.includes('-->') || /^[>\s]{0,20}\[[^\]\n]{0,200}\]:/m.test(text)) {
    return 'it has a comment in it, which is not shown where it is read as Markdown';
  }
  return undefined;
}

/** What a text may lead to, by how it is written, and why that is said. */
const marks: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/[a-z][a-z0-9+.-]*:\/\/|\b(?:mailto|data|javascript|file|git|ssh|blob):\S|\bwww\./i, 'it names an address'],
  [
    /\b[\w-]+\.(?:com|org|net|io|dev|sh|ai|app|co|me|info|xyz|site|cloud|page|zip|ly|us|uk|de|ru|cn|eu)\b/i,
    'it names an address',
  ],
  [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/, 'it names an address'],
  [/(?<![\w])@[\w~./\\$-]/, 'it takes in another file, or names a package'],
  [/(?:^|\s)\/[a-z][\w:-]*(?=$|[\s.,;])/i, 'it names a command'],
  [
    /`[^`]*[^\w./`-][^`]*`|^\s*[$%#!]\s|\$\(|\$\{|\$[A-Z_]{2,}|\{\{|[!@]\{|&&|\|\||[|;&]\s*\w|>>|\\/,
    'it has a command in it',
  ],
  [/(?:^|\s)--?[a-z][\w-]*/i, 'it has an option of a command in it'],
  [/<[a-z!/?]|&#?\w{2,10};/i, 'it has a tag in it'],
  [/!\[/, 'it has a picture in it, which is fetched'],
  [/[\w+/=-]{40,}/, 'it has something in it that nobody can read'],
  [
    /\bmcp\b|mcp_|\b(?:Bash|WebFetch|WebSearch|NotebookEdit|MultiEdit|TodoWrite|Write|Edit|Read|Grep|Glob|Task)\b/,
    'it names a tool',
  ],
  [/(?:^|\s)\p{L}(?:[\s.*_-]+\p{L}){3,}(?=$|[\s.,!])/u, 'it has a word in it that is spread out'],
];

const longestBlock = 2000;

/** Why a block may tell somebody what to do; undefined for one of which it is known that it only says how things are. */
export function whyNoFact({ kind, text }: Block): string | undefined {
  if (kind === 'code') {
    return `it has a command or code in it: ${textOf(text.replaceAll(/[`~]{3,}\w*/g, ''))}`;
  }
  if (text.length > longestBlock) {
    return 'it is too long to be looked through';
  }
  const folded = text.replaceAll(pictograms, ' ').normalize('NFKC').replaceAll(/[’‘ʼ]/g, "'");
  const words = folded.replaceAll(/\[\[([^\]]*)\]\]|\[([^\]]*)\]\((?![a-z]+:)[\w./#-]*\)/gi, ' $1$2 ');
  const mark = marks.find(([pattern]) => pattern.test(words));
  if (mark !== undefined) {
    return `${mark[1]}: ${textOf(text)}`;
  }
  const plain = words.replaceAll(/[*_`~"“”]/g, '');
  if (/[^\p{Script=Latin}\P{L}]/u.test(plain)) {
    return `it is written in letters of another alphabet, or in two: ${textOf(text)}`;
  }
  const told = tokensOf(plain).find(isTelling) ?? tokensOf(plain.replaceAll('-', '')).find(isTelling);
  if (told !== undefined) {
    return `it tells what is to be done, by the word "${textOf(told)}": ${textOf(text)}`;
  }
  return sentencesOf(plain).every((sentence) => isKnown(sentence, kind))
    ? undefined
    : `it may tell somebody what to do: ${textOf(text)}`;
}

function tokensOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}]+)?/gu) ?? [];
}

function sentencesOf(text: string): readonly string[] {
  return partsBetween(text, /[.!?;]+(?:\s+|$)/);
}

function partsBetween(text: string, limit: RegExp): readonly string[] {
  return text.split(limit).filter((part) => tokensOf(part).length > 0);
}

/** A sentence that says how something is, or a name of something; what tells somebody to act begins with a verb. */
function isKnown(sentence: string, kind: Block['kind']): boolean {
  const words = tokensOf(sentence);
  const [first = ''] = words;
  const isOfSomebody = /^(?:I|we|they)$/i.test(first);
  if (partsBetween(sentence, /[:,()–—/]|\s-\s/).some((clause, index) => mayTell(clause, isOfSomebody && index === 0))) {
    return false;
  }
  if (isStarter(first) || words.slice(0, 8).some(isFinite)) {
    return true;
  }
  const isName = /\d/.test(first) || /^\p{Lu}{2,}/u.test(first) || /^\p{L}+\p{Lu}/u.test(first);
  const isLabelled = /^[\p{L}\p{N} ]{1,30}:\s/u.test(sentence) && words.length <= 10;
  const isVersion = words.length === 2 && /^\d+$/.test(words[1] as string);
  return isName || isVersion || isLabelled || (kind === 'heading' && words.length <= 5);
}

/**
 * True for what begins as an instruction does, or has a verb where one would go on. Where somebody is who does it, as in
 * "we live here and work there", nobody is told.
 */
function mayTell(clause: string, isOfSomebody: boolean): boolean {
  const words = tokensOf(clause);
  const [first = '', second = ''] = words;
  return (
    words.some(
      (word, index) => isVerb(word) && (index === 0 || (!isOfSomebody && isTurn(words[index - 1] as string))),
    ) ||
    (isObject(second) && !isStarter(first) && !isFinite(first) && !prepositions.test(first))
  );
}

const prepositions =
  /^(?:about|above|across|after|and|around|as|at|because|before|behind|below|beside|besides|between|both|by|during|for|from|in|inside|into|like|near|of|off|on|or|outside|over|since|than|through|to|toward|under|until|up|upon|via|with|within)$/i;

/** What follows a verb. */
function isObject(word: string): boolean {
  return /^(?:the|a|an|all|any|every|each|this|that|these|those|it|its|them|my|our|their|everything|me|us)$/i.test(
    word,
  );
}
