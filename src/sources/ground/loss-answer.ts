import type { RecordId } from '../../base/ids.ts';

/** held: nobody has decided. go: the records follow. restore: the files are written again. */
export type LossWord = 'held' | 'go' | 'restore';

/** The word for each of the records that were named. */
export type LossAnswer = Readonly<Record<LossWord, readonly RecordId[]>>;
