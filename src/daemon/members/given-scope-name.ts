import type { ControlFault } from '../../api/ports/fault.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { scopeKinds } from '../../contract/manifest.ts';
import { maximumLabelBytes, parseGivenLabel } from '../../membership/parse/labels.ts';

const kinds: readonly string[] = scopeKinds;

/** What a person calls a new scope, without the space around it: commands tell scopes apart by their names. */
export function givenScopeName(text: string, taken: readonly string[]): Result<string, ControlFault> {
  const name = parseGivenLabel(text);
  if (name === undefined) {
    return invalid(
      `The name of a scope is 1 to ${maximumLabelBytes} bytes of plain text, without line breaks and hidden characters. Choose another name.`,
    );
  }
  if (/^urn:/i.test(name) || kinds.includes(alike(name))) {
    return invalid(
      `A scope cannot be called ${name}: commands take that for the id or the kind of one. Choose another name.`,
    );
  }
  const twin = taken.find((other) => alike(other) === alike(name));
  return twin === undefined
    ? ok(name)
    : err({
        kind: 'conflict',
        message: `A scope is called ${twin} already, and commands name scopes by their names. Choose another name. See: sourcesync scopes ls`,
      });
}

/** Names that people would mistake for each other, whatever their case and the way in which their letters are written. */
function alike(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function invalid(message: string): Result<never, ControlFault> {
  return err({ kind: 'invalid', message });
}
