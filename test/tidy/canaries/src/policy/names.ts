import type { Other } from './other-names.ts';

export interface Name {
  readonly other: Other;
}
