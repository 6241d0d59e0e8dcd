import { nameOfPart } from '../../../src/base/coded-name.ts';

/** The kind and the name that an id says. */
export function namesOf(id: string): { readonly kind: string; readonly name: string } {
  const [, kind = '', name = ''] = /^[^/]+\/([^/]+)\/([^]*?)(?:\[\d+\])?$/.exec(id) ?? [];
  return { kind, name: nameOfPart(name) };
}

/** Of text that nobody took apart: a unit may stand in it where all words of its name do. */
export function mayHoldIn(text: string): (id: string) => boolean {
  const [asWritten, asOption] = [text, text.toLowerCase().replaceAll('_', '')];
  return (id) => {
    const { kind, name } = namesOf(id);
    const words = name.split(/\s+/);
    return words.every((word) =>
      kind === 'option' ? asOption.includes(word.toLowerCase()) : asWritten.includes(word),
    );
  };
}
