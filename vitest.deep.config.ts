import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { suite } from './vitest.config.ts';

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => join('test', path))
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.long.test.ts'));
/** What is slow, and with more schedules whatever asks how many to try. */
const deep = files.filter(
  (path) => path.endsWith('.deep.test.ts') || readFileSync(path, 'utf8').includes('helpers/suite.ts'),
);
/** Simulations put something of their own into the product. */
const isApart = (path: string): boolean => /^test\/simulation\//.test(path);

/** The deep suite: `npm run test:deep`. */
export default defineConfig(({ mode }) =>
  suite({
    mode,
    files: { together: deep.filter((path) => !isApart(path)), apart: deep.filter(isApart) },
    exclude: ['**/node_modules/**', 'test/tidy/canaries/**'],
    env: { TEST_SUITE: 'deep' },
  }),
);
