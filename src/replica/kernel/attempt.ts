import { type Result, err, ok } from '../../base/result.ts';

/** Ends an attempt: nothing of its transaction remains, and the error is its answer. */
export type Fail<E> = (error: E) => never;

/** Thrown through the transaction, so that it is rolled back, and no further. */
const takenBack = new Error('an attempt was taken back');

/** Does `work`, which is a transaction, and answers what it answers, or what it failed with. */
export function attempt<T, E>(work: (fail: Fail<E>) => T): Result<T, E> {
  const errors: E[] = [];
  try {
    return ok(
      work((error) => {
        errors.push(error);
        throw takenBack;
      }),
    );
  } catch (cause) {
    const [error] = errors;
    if (cause !== takenBack || error === undefined) {
      throw cause;
    }
    return err(error);
  }
}
