/** One message on standard input; a record has at most 1.45 MB, and its call a little more. */
export const longestLineBytes: number = 2 * 1024 * 1024;
/** Characters of a record, or of a part of one, in one answer. */
export const longestContent = 48_000;
/** Characters of a text that is told beside others. */
export const longestExcerpt = 300;
/** Calls that are made of the daemon at a time, and calls that wait for their turn. */
export const mostAtOnce = 4;
export const mostWaiting = 64;
/** What one search looks at before it answers with where to go on. */
export const mostScannedRecords = 1000;
export const mostScannedCharacters: number = 8 * 1024 * 1024;
/** Records of one page that is asked of the daemon: each may be as large as a record can be. */
export const scannedPage = 25;
export const mostHits = 50;
export const mostProposals = 50;
/** The latest changes of a record that are explained. */
export const mostExplainedChanges = 8;
