/** One measured number, with what the project aims for where it aims for something. */
export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** What has to hold first, and what is wanted in the end, in words. */
  readonly first?: string;
  readonly goal?: string;
}

export interface BenchmarkContext {
  /** Smaller inputs and fewer rounds. */
  readonly isQuick: boolean;
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
