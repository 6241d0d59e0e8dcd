/** A name as part of a record's id: what a path could not hold is percent-coded. Its inverse is `nameOfPart`. */
export function idPart(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what an id cannot hold
  const coded = name.replaceAll(/[%/\\\u0000-\u001f\u007f-\u009f]/g, encodeURIComponent);
  return /^\.+$/.test(coded) ? coded.replaceAll('.', '%2E') : coded;
}

/** Gives the second and later of equal ids a number. */
export function createRanks(): (id: string) => string {
  const seen = new Map<string, number>();
  return (id) => {
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}[${count}]`;
  };
}
