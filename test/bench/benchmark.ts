/** One measured number, with what the project aims for where it aims for something. */
export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** What has to hold first, and what is wanted in the end, in words. */
  readonly first?: string;
  readonly goal?: string;
}

/** Unit of a figure that stands beside the least that the same work costs on this machine, measured in the same run. */
export const timesTheFloor = '× the floor';

/** How much is measured: all of it, a look while working on something, or the least that shows that it can be. */
export type Extent = 'full' | 'quick' | 'shortest';

export interface BenchmarkContext {
  readonly extent: Extent;
  /** The size of an input, or a number of rounds, that belongs to the extent. */
  pick<T>(choices: Readonly<Record<Extent, T>>): T;
  /** Arguments for the node processes of one role, to profile them. */
  nodeArguments(role: string): readonly string[];
  /** Says one line to the person who watches. */
  say(line: string): void;
}

/** Measures and never judges: it throws only when what it measured is not true, such as a record that is missing. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  run(context: BenchmarkContext): Promise<readonly Figure[]>;
}
