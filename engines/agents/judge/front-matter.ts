/** The head of a Markdown file, as far as it is one of plain lines. */
export interface FrontMatter {
  /** What stands behind each name, lines that are indented below it included. */
  readonly members: ReadonlyMap<string, string>;
  readonly body: string;
  /** False where the head is not closed, a line of it is none of these, or a name is in it twice. */
  readonly isPlain: boolean;
}

export function frontMatterOf(text: string): FrontMatter {
  const members = new Map<string, string>();
  const [first, ...lines] = text.split(/\r?\n/);
  if (first?.trimEnd() !== '---') {
    return { members, body: text, isPlain: true };
  }
  const end = lines.findIndex((line) => line.trimEnd() === '---');
  if (end === -1) {
    return { members, body: text, isPlain: false };
  }
  let isPlain = true;
  let name: string | undefined;
  for (const line of lines.slice(0, end)) {
    const [, key, value = ''] = /^([A-Za-z][\w-]*):(?:\s+(.*))?$/.exec(line) ?? [];
    if (key !== undefined) {
      isPlain &&= !members.has(key) && !/^[&*!]|^<<|\{|\}/.test(value);
      members.set(key, value.trim());
      name = key;
    } else if (/^\s+\S/.test(line) && name !== undefined) {
      members.set(name, `${members.get(name) ?? ''}\n${line.trimEnd()}`);
    } else if (!/^\s*(#.*)?$/.test(line)) {
      isPlain = false;
    }
  }
  return { members, body: lines.slice(end + 1).join('\n'), isPlain };
}
