import { mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { type Result, err, ok } from '../../base/result.ts';
import { type RootKeys, rootKeysFromEntropy } from '../../crypto/keys.ts';
import { nearestWord } from '../../manifest/nearest.ts';

const wordCount = 12;
/** As they were shown, each behind its own. */
const number = /^\d+[.:)]?$/;

/** The root that twelve words stand for, as a person may have typed them; or what is wrong with them, in words. */
export function rootFromWords(text: string): Result<RootKeys, string> {
  const words = text
    .normalize('NFKD')
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => !number.test(word));
  if (words.length !== wordCount) {
    return err(`There are ${wordCount} recovery words; these are ${words[0] === '' ? 0 : words.length}.`);
  }
  const wrong = words.findIndex((word) => !wordlist.includes(word));
  if (wrong >= 0) {
    const near = nearestWord(words[wrong] as string, wordlist);
    const hint = near === undefined ? '.' : `; did you mean "${near}"?`;
    return err(`Word ${wrong + 1} is none of the list${hint} Nothing was done.`);
  }
  let entropy: Uint8Array;
  try {
    entropy = mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    return err('These words do not belong together: one of them is wrong, or two are swapped. Nothing was done.');
  }
  const root = rootKeysFromEntropy(entropy);
  entropy.fill(0);
  return ok(root);
}
