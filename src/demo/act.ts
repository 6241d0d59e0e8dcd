import type { Stage } from './stage.ts';

export interface DemoOptions {
  /** Says one line to the person who watches. */
  readonly say: (line: string) => void;
  /** The command line program. */
  readonly command: string;
  /** Folder of what the two devices hold and install. */
  readonly samples: string;
}

/** One thing the demo shows; it throws in words when what it claims is not true. */
export interface Act {
  readonly title: string;
  play(stage: Stage, options: DemoOptions): Promise<string>;
}
