/** A name that stands percent-coded in an id. An id of another device may be anything: what is no code stands for itself. */
export function nameOfPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
