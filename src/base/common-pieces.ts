/**
 * How many pieces of `before` are in `after` too, each counted as often as it stands in both. Counting ends at `most`.
 */
export function commonPieces<T>(before: readonly T[], after: readonly T[], most: number = before.length): number {
  const left = new Map<T, number>();
  for (const piece of before) {
    left.set(piece, (left.get(piece) ?? 0) + 1);
  }
  let common = 0;
  for (const piece of after) {
    const count = left.get(piece) ?? 0;
    if (count > 0) {
      left.set(piece, count - 1);
      common += 1;
      if (common >= most) {
        break;
      }
    }
  }
  return common;
}
