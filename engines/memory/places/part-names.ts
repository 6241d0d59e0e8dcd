/** A name as part of a record's id: what a path could not hold on some system is percent-coded. Its inverse is `nameOfPart`. */
export function partOf(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what an id cannot hold
  const coded = name.replaceAll(/[%/\\<>:"|?*[\]\u0000-\u001f\u007f-\u009f]|[. ]$/g, codeOf);
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(coded)
    ? `${codeOf(coded[0] as string)}${coded.slice(1)}`
    : coded;
}

/** Also of letters that stand for themselves in an address. */
function codeOf(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** A part of an id that the system can hold, on every system. */
function isFitPart(part: string): boolean {
  return part !== '' && Buffer.byteLength(part) <= 240 && part.isWellFormed() && part === part.normalize('NFC');
}

/** True where a record may be called so. */
export function isFitKey(key: string): boolean {
  return Buffer.byteLength(key) <= 400 && key.split('/').every(isFitPart);
}
