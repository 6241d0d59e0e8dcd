import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, it } from 'vitest';
import { rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { numberedWords } from '../../../src/cli/ground/numbered-words.ts';
import { rootFromWords } from '../../../src/daemon/ground/words.ts';

const entropy = new Uint8Array(16).fill(7);
const phrase = entropyToMnemonic(entropy, wordlist);

describe('twelve words', () => {
  it.each([
    ['as they were shown', phrase],
    ['as init shows them', numberedWords(phrase)],
    ['in capitals, with spaces and lines between', `  ${phrase.toUpperCase().replaceAll(' ', ' \n ')}\n`],
  ])('stand for the root: %s', (_how, text) => {
    expect(rootFromWords(text)).toEqual({ ok: true, value: rootKeysFromEntropy(entropy) });
  });

  it.each([
    ['none', '   ', 'these are 0'],
    ['eleven', phrase.split(' ').slice(1).join(' '), 'these are 11'],
    ['a misspelt one', phrase.replace(/^\S+/, (word) => `${word}x`), 'Word 1 is none of the list; did you mean'],
    ['one that is like no other', phrase.replace(/\S+$/, 'qqqqqq'), 'Word 12 is none of the list.'],
    ['a wrong checksum', Array(12).fill('abandon').join(' '), 'do not belong together'],
  ])('%s: told without repeating them', (_what, text, message) => {
    const answer = rootFromWords(text);
    expect(answer.ok ? 'accepted' : answer.error).toContain(message);
    expect(answer.ok ? '' : answer.error).not.toContain(phrase.split(' ')[5]);
  });
});
