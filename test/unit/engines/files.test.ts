import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { assert } from '../../../src/base/assert.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { encodeChunkList } from '../../../src/contract/chunk-list.ts';
import { filled } from '../blobs/setup.ts';
import type { Engine, FileMapping, FolderFile } from '../../../src/contract/engine.ts';

/** Every file is carried, and a `.json` file may be a record of its own. */
const withText = ['workspace', 'shell', 'memory', 'presence', 'inbox'];
/** Every file is carried, and none is a record of its own. */
const textOnly = ['notes'];
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

describe.each([...withText, ...textOnly])('files of %s', (name) => {
  it('60 every file comes back byte for byte, with its mode', async () => {
    const mapping = (await mappingOf(name)) as FileMapping;
    fc.assert(
      fc.property(path, bytes, fc.boolean(), fc.boolean(), (where, content, executable, isPrivate) => {
        const file: FolderFile = { path: where, bytes: content, executable, private: isPrivate };
        const fields = mapping.toFields(file);
        expect(fields.ok).toBe(true);
        const back = fields.ok ? mapping.toFile(where, fields.value) : undefined;
        const isRecord = back !== undefined && Buffer.compare(back.bytes, content) !== 0;
        // Only a record of its own may change its layout, never what it says.
        expect(isRecord ? JSON.parse(Buffer.from(back.bytes).toString()) : [...(back?.bytes ?? [])]).toEqual(
          isRecord ? JSON.parse(Buffer.from(content).toString()) : [...content],
        );
        expect([back?.executable, back?.private]).toEqual([executable, isPrivate]);
      }),
    );
  });
});

describe('large files', () => {
  const chunks = [{ id: filled(1), address: filled(2), sizeBytes: 7 }];
  const list = encodeChunkList({ keyEpoch: 1, sizeBytes: 7, sha256: filled(3), chunks });

  it.each(['notes', 'workspace'])(
    'F60 of %s are records with the list of their chunks, with their mode',
    async (name) => {
      const { engine } = (await import(`../../../engines/${name}/engine.ts`)) as { engine: Engine };
      const file: FolderFile = { path: 'a.raw', bytes: list, chunked: true, executable: true, private: true };
      const fields = engine.files?.toFields(file);
      assert(fields?.ok === true, 'it is a record');
      expect(engine.files?.toFile('a.raw', fields.value)).toEqual(file);
      expect(engine.files?.holdsMode('a.raw', fields.value)).toBe(true);
      expect(engine.lacking?.(fields.value, null)).toBeUndefined();
      const text = JSON.stringify(fields.value);
      const encoded = Buffer.from(list).toString('base64');
      const cut = JSON.parse(text.replace(encoded, Buffer.from(list.subarray(0, -1)).toString('base64'))) as JsonObject;
      expect(engine.files?.toFile('a.raw', cut)).toBeUndefined();
      expect(engine.lacking?.(cut, null)).toContain('holds another number of them');
      const other = JSON.parse(text.replace(encoded, 'no base64')) as JsonObject;
      expect(engine.lacking?.(other, null)).toContain('it is no base64');
    },
  );

  it.each(['shell', 'memory', 'presence', 'inbox', ...jsonOnly])('F60 are no records of %s', async (name) => {
    const mapping = (await mappingOf(name)) as FileMapping;
    const file: FolderFile = { path: 'a.raw', bytes: list, chunked: true, executable: false, private: false };
    expect([mapping.takesChunks, mapping.toFields(file).ok]).toEqual([false, false]);
  });
});

describe.each([...withText, ...jsonOnly])('records of %s', (name) => {
  it('60 a JSON record becomes a file of two spaces, its members in one order, and comes back equal', async () => {
    const mapping = (await mappingOf(name)) as FileMapping;
    const file = mapping.toFile('r.json', records[name] as JsonObject) as FolderFile;
    expect(Buffer.from(file.bytes).toString()).toBe(
      `${JSON.stringify(sorted(records[name] as JsonObject), null, 2)}\n`,
    );
    expect(mapping.toFields(file)).toEqual({ ok: true, value: records[name] });
  });

  it.each(['../x', '/x', 'a//b', ''])('no file lies at %j', async (where) => {
    const mapping = (await mappingOf(name)) as FileMapping;
    expect(mapping.toFields({ path: where, bytes: utf8('x'), executable: false, private: false }).ok).toBe(false);
    expect(mapping.toFile(where, records[name] as JsonObject)).toBeUndefined();
  });
});

describe.each(textOnly)('texts of %s', (name) => {
  it('a file that looks like a record is a text, and a record without text is no file', async () => {
    const mapping = (await mappingOf(name)) as FileMapping;
    const manifest = '{"kind": "Deployment", "text": "x"}';
    const fields = mapping.toFields({ path: 'deploy.json', bytes: utf8(manifest), executable: false, private: false });
    expect(fields).toEqual({ ok: true, value: { kind: 'note', text: manifest } });
    expect(mapping.toFile('a.json', { kind: 'note', data: { pinned: true } })).toBeUndefined();
  });
});

describe('what a folder does not take', () => {
  it.each(jsonOnly)('%s refuses a text', async (name) => {
    const mapping = (await mappingOf(name)) as FileMapping;
    expect(mapping.toFields({ path: 'a.txt', bytes: utf8('x'), executable: false, private: false }).ok).toBe(false);
  });

  it.each(without)('%s has no files', async (name) => {
    expect(await mappingOf(name)).toBeUndefined();
  });

  it('a file above 1 MiB is refused, and numbers that JSON cannot keep stay text', async () => {
    const mapping = (await mappingOf('workspace')) as FileMapping;
    expect(
      mapping.toFields({ path: 'a', bytes: new Uint8Array(1024 * 1024 + 1), executable: false, private: false }).ok,
    ).toBe(false);
    for (const number of ['1e400', '12345678901234567890', '-0']) {
      const content = utf8(`{"kind":"note","title":"x","n":${number}}`);
      const fields = mapping.toFields({ path: 'n.json', bytes: content, executable: false, private: false });
      expect(fields.ok && fields.value['kind']).toBe('artifact');
    }
  });

  it.each([
    [
      'a number',
      '{"kind":"note","title":"x","n":3791411052119578828}',
      /^It travels as the bytes.* \/n .*3791411052119578828/,
    ],
    ['a key that stands twice', '{"kind":"note","title":"x","title":"y"}', /\/title \(line 1, column 28\)/],
    ['a member named __proto__', '{"kind":"note","title":"x","__proto__":{}}', /__proto__/],
    ['half a character', '{"kind":"note","title":"\\ud800"}', /half a character/],
    ['depth', `{"kind":"note","title":"x","n":${'['.repeat(5000)}${']'.repeat(5000)}}`, /deeper than/],
    ['comments', '{"kind":"note", // mine\n"title":"x"}', /not JSON/],
  ])('F5a a file with %s travels as its bytes, and says why', async (_name, text, words) => {
    const mapping = (await mappingOf('workspace')) as FileMapping;
    const file: FolderFile = { path: 'n.json', bytes: utf8(text), executable: false, private: false };
    const fields = mapping.toFields(file);
    expect(fields.ok && mapping.toFile('n.json', fields.value)?.bytes).toEqual(file.bytes);
    expect(fields.ok && mapping.keptAsBytes('n.json', fields.value)).toMatch(words);
  });

  it('nothing is to be said of a file that is no JSON, or of fields', async () => {
    const mapping = (await mappingOf('workspace')) as FileMapping;
    for (const [path, text] of [
      ['n.txt', '{'],
      ['n.json', '{"version":1}'],
      ['n.json', '{"kind":"note","title":"x"}'],
    ] as const) {
      const fields = mapping.toFields({ path, bytes: utf8(text), executable: false, private: false });
      expect(fields.ok && mapping.keptAsBytes(path, fields.value)).toBeUndefined();
    }
  });

  it('F5a a collection of JSON alone says what of a file cannot be taken', async () => {
    const mapping = (await mappingOf('browser')) as FileMapping;
    const bytes = utf8('{"kind":"tab","title":"x","n":1e400}');
    const refused = mapping.toFields({ path: 'n.json', bytes, executable: false, private: false });
    expect(!refused.ok && refused.error).toMatch(/\/n .*1e400/);
  });
});

function sorted(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1)));
}
