/** A name that stands percent-coded in an id. An id of another device may be anything: what is no code stands for itself. */
export function nameOfPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
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
