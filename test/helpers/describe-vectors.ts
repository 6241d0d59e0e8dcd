import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type VectorSet, vectorFileText } from '../vectors/vectors.ts';

interface VectorFile {
  readonly cases: readonly { readonly input: JsonObject; readonly output: JsonObject }[];
}

/**
 * Holds the vector files of these sets against the code, both ways; of `readOnly` ones what stands in the file is only
 * read. Run with `-u` to write the files anew after a deliberate change of the format.
 */
export function describeVectors(sets: readonly VectorSet[], readOnly: string): void {
  describe.each(sets)('vectors of $name', (set) => {
    const path = new URL(`../vectors/${set.name}.json`, import.meta.url);

    it.skipIf(set.name === readOnly)('are what the generator writes', async () => {
      await expect(vectorFileText(set)).toMatchFileSnapshot(path.pathname);
    });

    it('give the stated output for each stated input', () => {
      const file = JSON.parse(readFileSync(path, 'utf8')) as VectorFile;
      expect(file.cases.length).toBe(set.inputs.length);
      for (const { input, output } of file.cases) {
        expect(set.compute(input)).toEqual(output);
      }
    });
  });
}
