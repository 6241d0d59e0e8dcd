const waiting: (() => void)[] = [];

/**
 * Gives others their turn. Of all that wait for theirs, one goes on in each turn of the loop: together they would hold it up
 * for as long as all of them take.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) {
      setImmediate(next);
    }
  });
}

function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) {
    setImmediate(next);
  }
}
