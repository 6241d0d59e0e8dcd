/** Ends an attempt at a transaction, which leaves no trace: what it found is known from here on, and it is done again. */
export class DoneAgain extends Error {
  constructor() {
    super('a transaction is done again');
  }
}
