/** The major number of a semantic version; undefined when it is none. */
export function majorOf(version: string): number | undefined {
  const digits = /^(\d{1,9})\.\d+\.\d+/.exec(version)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** True when `version` is of an older major than `other`; two texts that are equal cost nothing. */
export function isOlderMajor(version: string, other: string): boolean {
  return version !== other && (majorOf(version) ?? 0) < (majorOf(other) ?? 0);
}
