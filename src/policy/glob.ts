/** Whether a pattern, in which `*` stands for any text, covers a name. Costs no more than their lengths multiplied. */
export function covers(pattern: string, name: string): boolean {
  return coversParts(pattern.split('*'), name);
}

/** The same for a pattern that was split at its `*` before: one part is a name that holds none. */
export function coversParts(parts: readonly string[], name: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) {
    return first === name;
  }
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) {
    return false;
  }
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > end) {
      return false;
    }
    from = found + part.length;
  }
  return true;
}
