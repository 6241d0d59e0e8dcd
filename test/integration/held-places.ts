import { createHash } from 'node:crypto';
import { slugOf } from '../../engines/memory/places/repositories.ts';
import type { JsonValue } from '../../src/base/json.ts';
import { type HeldPlace, ending, json, line, placeOf, rows, token } from './held-rows.ts';
import { ofAgents, ofEditors, ofShells } from './held-settings.ts';

const clone = '[remote "origin"]\n\turl = https://example.org/a/b\n';
const memoryFile = (home: string): string => `.claude/projects/${slugOf(`${home}/src/p`)}/memory/x.md`;

const ofMemories: readonly HeldPlace[] = [
  ...rows<string>(
    ending('-md'),
    (name) => `${name}/section/X`,
    (value) => `# Other\n\nwords\n${value === undefined ? '' : `\n# X\n\n${value}\n`}`,
    ['Use tabs.', 'Look into HOME/y.', `Say ${token}.`, 'The password is in the keychain.'],
  ),
  {
    place: placeOf('claude-memory'),
    id: 'claude-memory/example.org%2Fa%2Fb/x',
    fit: 'Words.\n',
    unfit: ['Look into HOME/y.\n', `Say ${token}.\n`, '---\na: 1\na: 2\n---\nTwice.\n'],
    file: memoryFile,
    beside: { 'src/p/.git/config': clone },
  },
  {
    place: placeOf('claude-rules'),
    id: 'claude-rules/x',
    fit: 'Words.\n',
    unfit: ['Look into HOME/y.\n', `Say ${token}.\n`, '---\na: 1\na: 2\n---\nTwice.\n'],
    file: () => '.claude/rules/x.md',
  },
];

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const blobs: Record<string, string> = {};

function blob(content: JsonValue): JsonValue {
  const text = json(content);
  blobs[`.ollama/models/blobs/sha256-${sha(text)}`] = text;
  return { digest: `sha256:${sha(text)}`, size: text.length };
}

function manifest(params: JsonValue): string {
  const layer = { mediaType: 'application/vnd.ollama.image.params', ...(blob(params) as object) };
  return json({ config: blob({ model_family: 'llama' }), layers: [layer] });
}

const ofModels: readonly HeldPlace[] = [
  ...rows<string>(
    ['aider'],
    () => 'aider/setting/x',
    (value) => `other: gpt\n${line(value)}`,
    ['x: gpt', 'x: HOME/y', `x: ${token}`, 'x: &a gpt'],
  ),
  ...rows<string>(
    ['continue'],
    () => 'continue/route/x',
    (value) => `models:\n  - name: other\n    model: gpt\n${line(value)}`,
    [
      '  - name: x\n    model: gpt',
      '  - name: x\n    model: HOME/y',
      `  - name: x\n    apiKey: ${token}`,
      '  - name: x\n    model: &a gpt',
    ],
  ),
  ...rows<string>(
    ['litellm'],
    () => 'litellm/route/x',
    (value) => `model_list:\n  - model_name: other\n    litellm_params: {model: gpt}\n${line(value)}`,
    [
      '  - model_name: x\n    litellm_params: {model: gpt}',
      `  - model_name: x\n    litellm_params: {model: gpt, api_key: ${token}}`,
    ],
  ),
  ...rows<JsonValue>(
    ['opencode-models'],
    () => 'opencode-models/provider/x',
    (value) => json({ provider: { other: {}, ...(value === undefined ? {} : { x: value }) } }),
    [{ name: 'y' }, { name: 'HOME/y' }, { options: { apiKey: token } }],
  ),
  ...rows<JsonValue>(
    ['zed-models'],
    () => 'zed-models/provider/x',
    (value) => json({ language_models: { other: {}, ...(value === undefined ? {} : { x: value }) } }),
    [{ name: 'y' }, { name: 'HOME/y' }, { api_key: token }],
  ),
  {
    place: placeOf('ollama'),
    id: 'ollama/model/x%3Alatest',
    fit: manifest({ temperature: 1 }),
    unfit: [manifest({ stop: ['HOME/y'] }), json({ config: { digest: `sha256:${'0'.repeat(64)}`, size: 1 } })],
    file: () => '.ollama/models/manifests/registry.ollama.ai/library/x/latest',
    beside: { '.ollama/models/manifests/registry.ollama.ai/library/other/latest': manifest({ top_k: 1 }), ...blobs },
  },
];

function bookmarksWith(url: string | undefined): string {
  const one = (name: string, address: string): JsonValue => ({ type: 'url', name, url: address });
  const children = [one('other', 'https://example.org'), ...(url === undefined ? [] : [one('x', url)])];
  const empty = { type: 'folder', name: '', children: [] };
  return json({ roots: { bookmark_bar: { ...empty, children }, other: empty, synced: empty } });
}

const ofBrowsers: readonly HeldPlace[] = rows<string>(['bookmarks'], () => 'bookmarks/bookmark/bar/x', bookmarksWith, [
  'https://example.org/x',
  'https://example.org/x?token=abcdef',
  'file:///HOME/x',
]);

export const heldPlaces: readonly HeldPlace[] = [
  ...ofShells,
  ...ofAgents,
  ...ofEditors,
  ...ofMemories,
  ...ofModels,
  ...ofBrowsers,
];
