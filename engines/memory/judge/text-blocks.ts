/** What of a text is judged as one: a paragraph, an item of a list, a heading, a fence. */
export interface Block {
  readonly kind: 'text' | 'heading' | 'code';
  /** Without the marks of a list or a quotation, its lines as one. */
  readonly text: string;
  /** How far in it begins: what is further in than an item belongs to it. */
  readonly indent: number;
}

/** In the order of the text. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  let indent = 0;
  let fence: string | undefined;
  let wasEmpty = true;
  const close = (kind: Block['kind']): void => {
    if (open.length > 0) {
      blocks.push({ kind, text: kind === 'code' ? open.join('\n') : open.join(' ').trim(), indent });
    }
    open = [];
  };
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/)) {
    const words = line.trim();
    const [, marks] = /^(?:[>\s]|[-+*]\s|\d{1,9}[.)]\s)*(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence !== undefined) {
      open.push(line);
      if (words.startsWith(fence) && /^(`+|~+)$/.test(words)) {
        fence = undefined;
        close('code');
      }
    } else if (marks !== undefined) {
      close('text');
      fence = marks;
      indent = line.search(/\S/);
      open.push(line);
    } else if (words === '') {
      close('text');
    } else if (wasEmpty && /^(?: {4}|\t)/.test(line)) {
      blocks.push({ kind: 'code', text: line, indent: 0 });
    } else if (/^#{1,6}(\s|$)/.test(words)) {
      close('text');
      blocks.push({ kind: 'heading', text: words.replace(/^#+\s*/, ''), indent: 0 });
    } else if (/^(=+|-+)$/.test(words)) {
      close(open.length === 0 ? 'text' : 'heading');
    } else {
      if (/^(?:[-+*>|]|\d{1,9}[.)])/.test(words)) {
        close('text');
      }
      indent = open.length === 0 ? line.search(/\S/) : indent;
      open.push(withoutMarks(words));
    }
    wasEmpty = words === '' && fence === undefined;
  }
  close(fence === undefined ? 'text' : 'code');
  return blocks;
}

/** Without the marks of a list, a quotation or a box to tick. */
function withoutMarks(words: string): string {
  return words.replace(/^(?:(?:[-+*>]|\d{1,9}[.)])\s+|>)+/, '').replace(/^\[[ xX]\]\s+/, '');
}
