/** A name as part of a record's id: what a path could not hold is percent-coded. Its inverse is `nameOfPart`. */
export function idPart(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what an id cannot hold
  const coded = name.replaceAll(/[%/\\\u0000-\u001f\u007f-\u009f]/g, encodeURIComponent);
  return /^\.+$/.test(coded) ? coded.replaceAll('.', '%2E') : coded;
}
