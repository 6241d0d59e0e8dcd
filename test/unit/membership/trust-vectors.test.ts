import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { envelopeVectors } from '../../vectors/channel-vectors.ts';
import { leaseVectors } from '../../vectors/lease-vectors.ts';
import { vectorFileText } from '../../vectors/vectors.ts';

interface VectorFile {
  readonly cases: readonly { readonly input: JsonObject; readonly output: JsonObject }[];
}

// Run with `-u` to write the files anew after a deliberate change of the format.
describe.each([envelopeVectors, leaseVectors])('vectors of $name', (set) => {
  const path = new URL(`../../vectors/${set.name}.json`, import.meta.url);

  // A genesis seals boxes, and these draw their own randomness; reading one does not.
  it.skipIf(set.name === 'lease')('are what the generator writes', async () => {
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
