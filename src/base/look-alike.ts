/**
 * Letters of other alphabets that are drawn like Latin ones, and Latin ones and digits that are drawn like each other, in
 * lower case. Source: the confusables of Unicode Technical Standard 39, as far as letters and digits are concerned.
 */
const drawnLike: Readonly<Record<string, string>> = {
  a: 'аɑα⍺',
  b: 'ьƅβв',
  c: 'сϲⅽς',
  d: 'ԁɗđ',
  e: 'еҽεєɛ',
  f: 'ƒẝ',
  g: 'ɡց',
  h: 'һհн',
  j: 'јյϳ',
  k: 'кκ',
  l: 'i1|ıɩιіӏǀɪł',
  n: 'ոη',
  o: '0оοօσס',
  p: 'рρϱ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕƽꜱ',
  t: 'тτŧ',
  u: 'սυʋ',
  v: 'νѵᴠ',
  x: 'хχ×',
  y: 'уγүʏ',
  z: 'ᴢ',
  rn: 'mм',
  vv: 'wԝωա',
  '-': '‐‑‒–−⁃',
  '.': '․。．',
  '/': '⁄∕⧸',
};

const drawn: ReadonlyMap<string, string> = new Map(
  Object.entries(drawnLike).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/**
 * What a text looks like: equal for texts that a person takes for one, or that a disk or a program may. Compatibility
 * forms, case, accents and what is not drawn at all make no difference, nor do letters that are drawn like Latin ones.
 * For comparing with another such text, never for showing.
 */
export function looksOf(text: string): string {
  const folded = text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  const visible = folded.replaceAll(/[\p{M}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, '');
  return [...visible].map((letter) => drawn.get(letter) ?? letter).join('');
}
