import type { JsonObject } from '../../src/base/json.ts';
import { unitKinds } from './places/unit-spans.ts';

const shells: readonly unknown[] = ['bash', 'zsh', 'fish', 'readline'];

/** What a record that says it is a unit of a shell lacks to be one; undefined for every other record. */
export function lackingInUnit({ shell, kind, name, body }: JsonObject): string | undefined {
  if (!shells.includes(shell) || kind === 'file') {
    return undefined;
  }
  if (!unitKinds.some((one) => one === kind)) {
    return `a unit of ${String(shell)} is one of these kinds: ${unitKinds.join(', ')}`;
  }
  return isText(name) && isText(body) ? undefined : `a unit of ${String(shell)} has a name and a body that are text`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}
