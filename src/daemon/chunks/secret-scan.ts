/** Which raw secrets stand in a text, by what is known of their looks. */
export type FindInText = (text: string) => readonly { readonly rule: string }[];

/** Of what was read before: a secret that two pieces share is found, unless it is longer. */
const overlapBytes = 4096;
/** Of a file's first bytes, as git tells texts from other files. */
const lookedAtBytes = 8000;

/**
 * Looks for raw secrets in a text that is read piece by piece: nothing of a large file is taken out, so that one with a
 * secret stays. Answers the rule that found one. Files with zeros are no texts.
 */
export function createSecretScan(find: FindInText): (piece: Uint8Array) => string | undefined {
  let isText: boolean | undefined;
  let before = '';
  return (piece) => {
    isText ??= !piece.subarray(0, lookedAtBytes).includes(0);
    if (!isText) {
      return undefined;
    }
    // What the rules look for is ASCII, whatever stands around it.
    const text = before + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    before = text.slice(-overlapBytes);
    return find(text)[0]?.rule;
  };
}
