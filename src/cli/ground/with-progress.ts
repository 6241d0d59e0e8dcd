import type { Output } from './context.ts';

const everyMs = 500;

/**
 * Awaits what may take long, and on a terminal says how far it is. `look` answers one line, or undefined where there is
 * nothing to say; what fails in it is of no concern to the work.
 */
export async function withProgress<T>(
  output: Pick<Output, 'progress'>,
  look: () => Promise<string | undefined>,
  work: Promise<T>,
): Promise<T> {
  let isOver = false;
  let isShown = false;
  const timer = setInterval(() => {
    void look()
      .then((line) => {
        if (line !== undefined && !isOver) {
          isShown = true;
          output.progress(line);
        }
      })
      .catch(() => undefined);
  }, everyMs);
  try {
    return await work;
  } finally {
    isOver = true;
    clearInterval(timer);
    if (isShown) {
      output.progress('');
    }
  }
}
