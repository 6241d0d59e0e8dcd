/** A setting of a git configuration file: `remote.origin.url`, its section and name in lower case. */
export interface ConfigSetting {
  readonly section: string;
  /** What stands in quotes behind the section, as it is. */
  readonly part: string;
  readonly key: string;
  readonly value: string;
}

const header = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]\s*(.*)$/;
const setting = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?$/s;

/** The settings of a file in its order. What is none is left out. */
export function settingsOf(text: string): readonly ConfigSetting[] {
  const settings: ConfigSetting[] = [];
  let at: { readonly section: string; readonly part: string } | undefined;
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let index = 0; index < lines.length; index++) {
    let line = lines[index] as string;
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(line) && index + 1 < lines.length && line.length < longestLine) {
      line = line.slice(0, -1) + (lines[++index] as string);
    }
    const begins = header.exec(line);
    if (begins !== null) {
      at = { section: (begins[1] as string).toLowerCase(), part: (begins[2] ?? '').replaceAll(/\\(.)/g, '$1') };
      line = begins[3] as string;
    }
    const found = at && setting.exec(line);
    if (at !== undefined && found) {
      settings.push({ ...at, key: (found[1] as string).toLowerCase(), value: valueOf(found[2] ?? '') });
    }
  }
  return settings;
}

const longestLine = 64 * 1024;

/** Without quotes, and without a comment behind it. */
function valueOf(text: string): string {
  let value = '';
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] as string;
    if (letter === '"') {
      isQuoted = !isQuoted;
    } else if (letter === '\\') {
      index++;
      value += escapes[text[index] ?? ''] ?? text[index] ?? '';
    } else if (!isQuoted && (letter === '#' || letter === ';')) {
      break;
    } else {
      value += letter;
    }
  }
  return value.trim();
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };
