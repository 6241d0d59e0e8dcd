import type { ReviewBody } from '../../api/types/reviews.ts';
import type { Client, ClientFault } from '../../client/client.ts';
import type { Terminal } from '../ground/terminal.ts';
import type { Line } from './paint.ts';
import type { View } from './review-text.ts';

/** What a walk through the queue works with. */
export interface WalkDesk {
  readonly client: Pick<Client, 'review' | 'decide' | 'decidedHere'>;
  readonly terminal: Pick<Terminal, 'key' | 'edit' | 'keep'>;
  readonly say: (lines: readonly Line[]) => void;
  readonly view: () => View;
  /** Leaves the command: the daemon does not answer. */
  readonly leave: (fault: ClientFault) => never;
}

/** How far a walk has come. */
export interface WalkState {
  readonly queue: Pick<ReviewBody, 'id' | 'engineId' | 'author' | 'kind'>[];
  at: number;
  readonly decided: Map<string, string>;
}
