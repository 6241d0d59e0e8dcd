import type { Name } from './names.ts';

export interface Other {
  readonly name: Name;
}
