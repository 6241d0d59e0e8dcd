import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openapiDocument } from './openapi-document.ts';
import { rootFolder } from './run-tool.ts';

it('the document of the API is the one of the types of its routes; npm run openapi writes it anew', async () => {
  const text = `${JSON.stringify(openapiDocument(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(rootFolder, 'schemas', 'openapi.json'));
});
