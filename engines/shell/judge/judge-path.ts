import { type Judgement, dangerous } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';

/** Where programs are found is never harmless; the reason says in which way. */
export function judgePath(entry: string, unit: string): Judgement {
  const isRelative = !/^(?:\/|\$\{?HOME\}?(?:\/|$)|~(?:\/|$))/.test(entry);
  if (isRelative) {
    return dangerous(
      `${textOf(entry)} depends on where one stands: a program in any folder could run in place of another`,
    );
  }
  const isBehind = /\$\{?PATH\}?"?:|\s(?:-[a-zA-Z]*a[a-zA-Z]*|--append)\s|\$PATH"?\s+\S/.test(unit);
  return dangerous(
    isBehind
      ? `programs in ${textOf(entry)} run where no other has their name`
      : `programs in ${textOf(entry)} run in place of others of their name`,
  );
}
