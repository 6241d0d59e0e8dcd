import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { Engine, FileMapping, FolderFile } from '../../../src/contract/engine.ts';

const withText = ['workspace', 'shell', 'memory', 'presence', 'inbox'];
const jsonOnly = ['browser', 'models', 'extensions'];
const without = ['clients', 'policy', 'secrets', 'audit', 'agents'];

const records: Readonly<Record<string, JsonObject>> = {
  workspace: { kind: 'task', title: 'one', props: { n: 1.5 } },
  shell: { kind: 'alias', name: 'll', body: 'ls' },
  memory: { text: 'x', lifecycle: 'observed', provenance: 'chat' },
  presence: { kind: 'cursor', data: { x: 1 } },
  inbox: { producer: 'mail', body: 'x' },
  browser: { kind: 'tab', title: 'x' },
  models: { kind: 'model', name: 'm', local: true, enabled: false },
  extensions: { host: 'vscode', extensionId: 'a.b', version: '1', enabled: true },
};

async function mappingOf(name: string): Promise<FileMapping | undefined> {
  return ((await import(`../../../engines/${name}/engine.ts`)) as { engine: Engine }).engine.files;
}

const path = fc.constantFrom('a.txt', 'dir/run.sh', 'x.json', 'é/naïve.md');
const jsonText = fc.jsonValue().map((value) => JSON.stringify(value));
const bytes = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map(utf8),
  jsonText.map(utf8),
  fc.constantFrom('\uFEFFx', '{"kind":"note","text":"x"}').map(utf8),
);

describe.each(withText)('files of %s', (name) => {
  it('every file comes back byte for byte, with its executable bit', async () => {
    const mapping = (await mappingOf(name)) as FileMapping;
    fc.assert(
      fc.property(path, bytes, fc.boolean(), (where, content, executable) => {
        const file: FolderFile = { path: where, bytes: content, executable };
        const fields = mapping.toFields(file);
        expect(fields.ok).toBe(true);
        const back = fields.ok ? mapping.toFile(where, fields.value) : undefined;
        const isRecord = back !== undefined && Buffer.compare(back.bytes, content) !== 0;
        // Only a record of its own may change its layout, never what it says.
        expect(isRecord ? JSON.parse(Buffer.from(back.bytes).toString()) : [...(back?.bytes ?? [])]).toEqual(
          isRecord ? JSON.parse(Buffer.from(content).toString()) : [...content],
        );
        expect(back?.executable).toBe(executable);
      }),
    );
  });
});

describe.each([...withText, ...jsonOnly])('records of %s', (name) => {
  it('a JSON record becomes a file of two spaces and comes back equal', async () => {
    const mapping = (await mappingOf(name)) as FileMapping;
    const file = mapping.toFile('r.json', records[name] as JsonObject) as FolderFile;
    expect(Buffer.from(file.bytes).toString()).toBe(`${JSON.stringify(records[name], null, 2)}\n`);
    expect(mapping.toFields(file)).toEqual({ ok: true, value: records[name] });
  });

  it.each(['../x', '/x', 'a//b', ''])('no file lies at %j', async (where) => {
    const mapping = (await mappingOf(name)) as FileMapping;
    expect(mapping.toFields({ path: where, bytes: utf8('x'), executable: false }).ok).toBe(false);
    expect(mapping.toFile(where, records[name] as JsonObject)).toBeUndefined();
  });
});

describe('what a folder does not take', () => {
  it.each(jsonOnly)('%s refuses a text', async (name) => {
    const mapping = (await mappingOf(name)) as FileMapping;
    expect(mapping.toFields({ path: 'a.txt', bytes: utf8('x'), executable: false }).ok).toBe(false);
  });

  it.each(without)('%s has no files', async (name) => {
    expect(await mappingOf(name)).toBeUndefined();
  });

  it('a file above 1 MiB is refused, and numbers that JSON cannot keep stay text', async () => {
    const mapping = (await mappingOf('workspace')) as FileMapping;
    expect(mapping.toFields({ path: 'a', bytes: new Uint8Array(1024 * 1024 + 1), executable: false }).ok).toBe(false);
    for (const number of ['1e400', '12345678901234567890', '-0']) {
      const content = utf8(`{"kind":"note","title":"x","n":${number}}`);
      const fields = mapping.toFields({ path: 'n.json', bytes: content, executable: false });
      expect(fields.ok && fields.value['kind']).toBe('artifact');
    }
  });
});
