/** Letters and marks that are not drawn, or that change the order of those around them. */
const hidden = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\u2028\u2029\ufffd]/u;

/** What joins or chooses the form of a sign, as in a family or a flag. */
const harmlessJoiners =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)(?:\u200d|\ufe0f)|(?<=[\d#*])\ufe0f\u20e3/gu;

/** In words, where a text shows less than it holds; undefined where it shows all. */
export function whyHidden(text: string): string | undefined {
  if (!text.isWellFormed()) {
    return 'it holds half a character';
  }
  const found = hidden.exec(text.replaceAll(harmlessJoiners, ''))?.[0].codePointAt(0);
  return found === undefined
    ? undefined
    : `it holds a character that is not seen (U+${found.toString(16).toUpperCase().padStart(4, '0')})`;
}
