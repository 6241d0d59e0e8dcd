/** What switching an engine on would do here, counted in a trial of which nothing is kept. */
export interface EnginePlanBody {
  readonly engineId: string;
  readonly collection: string;
  readonly enabled: boolean;
  readonly local: { readonly records: number; readonly files: number };
  /** Changes of the other devices that wait here. */
  readonly remote: { readonly waiting: number };
  readonly wouldApply: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly review: number;
    readonly conflict: number;
    /** Changes that would go on waiting, those that the brake holds too. */
    readonly hold: number;
    readonly brake: boolean;
  };
  readonly wouldPublish: {
    /** Own changes that no relay has confirmed yet. */
    readonly changes: number;
    /** Files of linked folders, whose changes are published from then on. */
    readonly files: number;
  };
  /** Both sides have data and meet for the first time: enabling asks for one of the choices. */
  readonly needsChoice: boolean;
  readonly choices: readonly FirstChoiceName[];
}

export const firstChoiceNames = ['merge', 'remote', 'local', 'review'] as const;
export type FirstChoiceName = (typeof firstChoiceNames)[number];
