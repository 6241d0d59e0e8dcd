import type { Life } from '../life.ts';

/** A piece of people's work. It begins with both machines online and leaves them running; a check follows in the evening. */
export interface Scene {
  readonly name: string;
  /** How often it comes, beside the others. */
  readonly weight: number;
  play(life: Life): Promise<void>;
}
