const bytesByUnit: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Bytes of `512MiB`, `2 GiB` or a plain number; undefined for anything else, zero included. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15}) ?([KMGT]iB|B)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (bytesByUnit[(unit ?? '').toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** Bytes as a person reads them: `12 KiB`, `3.4 MiB`. */
export function sizeInWords(bytes: number): string {
  return bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** A whole number within bounds; undefined for anything else. */
export function parseCount(text: string, minimum: number, maximum: number): number | undefined {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return count >= minimum && count <= maximum ? count : undefined;
}
