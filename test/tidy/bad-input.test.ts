import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const testFolder = join(import.meta.dirname, '..');

/** The list of bad input of the trust protocol, section 10: words that the titles of each item's tests say. */
const items: Readonly<Record<number, readonly RegExp[]>> = {
  1: [/bad magic/, /truncated header/],
  2: [/unknown suite/],
  3: [/unknown header/],
  4: [/another scope/],
  5: [/unknown device/],
  6: [/one flipped bit/, /ciphertext truncated/],
  7: [/signature with S\+L/],
  8: [/wrong Merkle root/],
  9: [/ciphertext of another/],
  10: [/padding/],
  11: [/record overrun/, /count zero/],
  12: [/replay/],
  13: [/same seq/],
  14: [/gap/],
  15: [/revoked device, backdated/],
  16: [/ahead of the log/],
  17: [/forked log/],
  18: [/rolled back against the pin/],
  19: [/self-revoke/],
  20: [/wrap for a non-member/, /wrap missing/],
  21: [/log entry .*(not canonical|space|order)/, /duplicate key/],
  22: [/genesis replaced/],
  23: [/writer signs the log/, /revoked author/],
  24: [/suite lowered/],
  25: [/epoch skipped/, /not in force/],
  26: [/wrap of another (device|%s)/],
  27: [/key injected by the relay/],
  28: [/opens under two keys/],
  29: [/wrong pairing code/, /garbage message/, /swapped reveal/],
  30: [/man in the middle/],
  31: [/moved between protocols/],
  32: [/answer to another nonce|challenge/, /heard elsewhere|replayed/],
  33: [/non-member/, /closed relay|without token/],
  34: [/limits the room|over quota/, /membership log has a limit|oversize/],
  35: [/stale (position|compare-and-swap)/],
  36: [/stolen/, /self-granted/, /other agent/, /expired/, /future/, /revoked/, /wrong workspace/, /widened/, /human/],
  37: [/clock set back/, /poisoned stamp/],
  38: [/wrong index/, /record/, /count/],
  39: [/cloned random generator/],
  40: [/withheld/, /fork/],
  41: [/edited/, /deleted/, /cut off|truncated/, /rewritten whole/],
  42: [/device-scope record/, /vault-scope record/],
  43: [/raw secret/],
  44: [/profile record in a workspace/],
  45: [/no_org_profile/, /no_user_profile/],
  46: [/unknown collection/, /newer major/],
  47: [/dangerous field/],
  48: [/weaker, newer, mixed policy/, /without authority/],
  49: [/lowered Argon2/],
  50: [/two rows swapped/],
  51: [/token/, /Host|host name/, /[oO]rigin/, /content type|form/, /token in (URL|the address)/],
  52: [/envelope replayed/, /body swapped/],
  53: [/snapshot with a critical record/],
  54: [/own batches back/],
};

/** What every `it` and `describe` below test/ calls itself, and each row that a table begins with a text. */
const titles = testFiles(testFolder).flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1/g)].map((match) => match[2] as string),
);

function titlesOf(item: number): readonly string[] {
  return titles.filter((title) => new RegExp(`^(?:\\d+,? )*(?:§10\\.)?${item}[ ,]`).test(title));
}

describe('every item of bad input that the protocol lists', () => {
  it('is one of the 54', () => {
    expect(Object.keys(items).map(Number)).toEqual(Array.from({ length: 54 }, (_, index) => index + 1));
  });

  it.each(Object.entries(items))('%s has a test that says so', (item, words) => {
    const said = titlesOf(Number(item)).join('\n');
    const rows = words.every((word) => word.test(said)) ? said : `${said}\n${tableRows(Number(item))}`;
    expect(words.filter((word) => !word.test(rows))).toEqual([]);
  });
});

/** Texts in the files that have a table of an item, whose rows complete its title. */
function tableRows(item: number): string {
  return testFiles(testFolder)
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => new RegExp(`['"\`](?:§10\\.)?${item} [^'"\`\\n]*%[sij]`).test(text))
    .join('\n');
}

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.includes('canaries') && !path.startsWith('tidy'))
    .map((path) => join(folder, path));
}
