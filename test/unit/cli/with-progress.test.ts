import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withProgress } from '../../../src/cli/ground/with-progress.ts';

function awaited() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (cause: Error) => void = () => undefined;
  const work = new Promise<string>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { work, resolve: (value: string) => resolve(value), reject: (cause: Error) => reject(cause) };
}

describe('how far something is, while it is awaited', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function shown() {
    const lines: string[] = [];
    return { lines, output: { progress: (line: string) => void lines.push(line) }, ...awaited() };
  }

  it('is said again and again, and taken away at the end', async () => {
    const { lines, output, work, resolve } = shown();
    let looks = 0;
    const done = withProgress(output, async () => `${++looks} files`, work);
    await vi.advanceTimersByTimeAsync(1000);
    resolve('whole');
    expect([await done, lines]).toEqual(['whole', ['1 files', '2 files', '']]);
  });

  it('is not said of what is over at once', async () => {
    const { lines, output, work, resolve } = shown();
    resolve('whole');
    expect([await withProgress(output, async () => 'never', work), lines]).toEqual(['whole', []]);
  });

  it('is not said where it cannot be learnt, and what fails is told as it is', async () => {
    const { lines, output, work, reject } = shown();
    const done = withProgress(output, async () => Promise.reject(new Error('nobody answers')), work);
    const failed = expect(done).rejects.toThrow('the disk is full');
    await vi.advanceTimersByTimeAsync(500);
    reject(new Error('the disk is full'));
    await failed;
    expect(lines).toEqual([]);
  });

  it('is not said once it is over, however late an answer comes', async () => {
    const { lines, output, work, resolve } = shown();
    const late = awaited();
    const done = withProgress(output, () => late.work, work);
    await vi.advanceTimersByTimeAsync(500);
    resolve('whole');
    await done;
    late.resolve('late');
    await vi.advanceTimersByTimeAsync(500);
    expect(lines).toEqual([]);
  });
});
