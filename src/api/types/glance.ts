/** How everything stands, as one sentence and what waits: what the command line and the page both say. */
export interface GlanceBody {
  /** What the sentence begins with; where several hold, the first of them. */
  readonly state:
    | 'locked'
    | 'revoked'
    | 'disk'
    | 'waits'
    | 'not_in_step'
    | 'paused'
    | 'relay_away'
    | 'syncing'
    | 'in_step';
  /** `in_step` is said where nothing is known that is not. */
  readonly sentence: string;
  /** What a person has to see to, or may want to look at; none of it where all is well. */
  readonly waits: readonly WaitingBody[];
  /** What is worth a look and waits for nobody, each with where to look; left out where there is none. */
  readonly notes?: readonly string[];
}

export interface WaitingBody {
  /** In words: `2 reviews`. */
  readonly what: string;
  readonly count: number;
  /** What to type. */
  readonly command: string;
}
