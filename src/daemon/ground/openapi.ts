import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The document of the API that ships with this build; it is read when it is asked for, which is seldom. */
export function openapi(): string {
  return readFileSync(join(packageRoot, 'schemas', 'openapi.json'), 'utf8');
}
