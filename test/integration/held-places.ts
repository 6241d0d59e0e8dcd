import { createHash } from 'node:crypto';
import { engine as agents } from '../../engines/agents/engine.ts';
import { engine as browser } from '../../engines/browser/engine.ts';
import { engine as extensions } from '../../engines/extensions/engine.ts';
import { engine as memory } from '../../engines/memory/engine.ts';
import { engine as models } from '../../engines/models/engine.ts';
import { engine as shell } from '../../engines/shell/engine.ts';
import { engine as workspace } from '../../engines/workspace/engine.ts';
import { slugOf } from '../../engines/memory/places/repositories.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { ObservedPlace } from '../../src/contract/observed-place.ts';
import type { Place } from '../../src/contract/place.ts';

type AnyPlace = Place | ObservedPlace;

export const allPlaces: readonly AnyPlace[] = [agents, browser, extensions, memory, models, shell, workspace].flatMap(
  ({ places = [] }) => places,
);

/** What these have is found on a machine, and none of it is ever kept back; or it is never taken for removed. */
export const nothingStays: readonly AnyPlace[] = ['huggingface', 'llama-cpp', 'lmstudio', 'repositories'].map(placeOf);

/** A unit as its file has it: fit to travel, in ways in which it is not, and gone. `HOME` is the home folder. */
export interface HeldPlace {
  readonly place: AnyPlace;
  readonly id: string;
  readonly fit: string;
  readonly unfit: readonly string[];
  /** Undefined where the file goes with its unit. */
  readonly gone?: string;
  /** Below the home folder; the first of the place where it is left out. */
  readonly file?: (home: string) => string;
  readonly beside?: Readonly<Record<string, string>>;
}

function placeOf(name: string): AnyPlace {
  const place = allPlaces.find((one) => one.name === name);
  if (place === undefined) {
    throw new Error(`believed: there is a place ${name}`);
  }
  return place;
}

const token = `ghp_${'a1'.repeat(18)}`;

/** One unit among others: `unit` says how its file looks with a value, or without one. */
function rows<T>(
  names: readonly string[],
  idOf: (name: string) => string,
  unit: (value: T | undefined, name: string) => string,
  [fit, ...unfit]: readonly [T, ...T[]],
): readonly HeldPlace[] {
  return names.map((name) => ({
    place: placeOf(name),
    id: idOf(name),
    fit: unit(fit, name),
    unfit: unfit.map((value) => unit(value, name)),
    gone: unit(undefined, name),
  }));
}

const json = (value: JsonValue): string => JSON.stringify(value);
const line = (value: string | undefined): string => (value === undefined ? '' : `${value}\n`);
const names = allPlaces.map(({ name }) => name);
const ending = (end: string): readonly string[] => names.filter((name) => name.endsWith(end));
const other: Readonly<Record<string, JsonValue>> = { command: 'other' };

function serversIn(member: string, value: JsonValue | undefined): string {
  return json({ [member]: { other, ...(value === undefined ? {} : { x: value }) } });
}

const servers: readonly [JsonValue, ...JsonValue[]] = [
  { command: 'x', args: ['y'] },
  { command: 'HOME/x' },
  { command: 'x', args: ['--token', token] },
  'odd',
];

const members: Readonly<Record<string, string>> = {
  ...{ cursor: 'mcpServers', vscode: 'servers', gemini: 'mcpServers', copilot: 'mcpServers' },
  ...{ 'claude-desktop': 'mcpServers', 'claude-mcp': 'mcpServers', opencode: 'mcp', zed: 'context_servers' },
};

const ofShells: readonly HeldPlace[] = [
  ...rows<string>(
    ['bash', 'zsh'],
    (name) => `${name}/alias/x`,
    (value) => `alias other=ls\n${line(value)}`,
    [
      "alias x='ls'",
      "alias x='ls HOME/y'",
      `alias x='curl -H ${token}'`,
      "# added by conda\nalias x='ls'",
      "# >>> conda >>>\nalias x='ls'\n# <<< conda <<<",
      "alias x='ls'; echo y",
    ],
  ),
  ...rows<string>(
    ['zsh'],
    () => 'zsh/function/x',
    (value) => `alias other=ls\n${line(value)}`,
    ['x() {\n  ls\n}', 'x() {\n  ls\n}\nfor y (a b) { print $y }'],
  ),
  ...rows<string>(
    ['fish'],
    () => 'fish/alias/x',
    (value) => `alias other ls\n${line(value)}`,
    ['alias x ls', 'alias x "ls HOME/y"', `alias x "curl -H ${token}"`, 'alias x ls; echo y', 'alias x ls | cat'],
  ),
  ...rows<string>(
    ['readline'],
    () => 'readline/bind/"\\C-x"'.replace('\\', '%5C'),
    (value) => `set bell-style none\n${line(value)}`,
    ['"\\C-x": "ls"', '"\\C-x": "ls HOME/y"', `"\\C-x": "${token}"`],
  ),
  ...rows<string>(
    ['git'],
    () => 'git/user.x',
    (value) => `[user]\n\tname = Ann\n${line(value)}`,
    ['\tx = y', '\tx = HOME/y', `\tx = ${token}`],
  ),
  ...rows<string>(
    ['git'],
    () => 'git/user.x[2]',
    (value) => line(value),
    ['[user]\n\tx = a\n\tx = b', `[user]\n\tx = ${token}\n\tx = HOME/b`],
  ).map((row) => ({ ...row, gone: '[user]\n\tx = a\n' })),
];

const rules = (value: JsonValue | undefined): string =>
  json({ model: 'sonnet', ...(value === undefined ? {} : { permissions: value }) });

const ofAgents: readonly HeldPlace[] = [
  ...Object.keys(members).flatMap((app) =>
    rows<JsonValue>(
      [app],
      () => `${app}/mcp/x`,
      (value) => serversIn(members[app] as string, value),
      servers,
    ),
  ),
  ...rows<string>(
    ['codex'],
    () => 'codex/mcp/x',
    (value) => `[mcp_servers.other]\ncommand = "z"\n${line(value)}`,
    ['[mcp_servers.x]\ncommand = "y"', '[mcp_servers.x]\ncommand = "HOME/y"'],
  ),
  ...rows<string>(
    ['codex'],
    () => 'codex/setting/x',
    (value) => `model = "o"\n${line(value)}`,
    ['x = "y"', 'x = "HOME/y"', `x = "${token}"`, 'x = { token = "abcdefgh" }'],
  ),
  ...rows<JsonValue>(
    ['claude'],
    () => 'claude/setting/x',
    (value) => json({ model: 'sonnet', ...(value === undefined ? {} : { x: value }) }),
    ['y', 'HOME/y', token, { password: 'z' }],
  ),
  ...rows<JsonValue>(['claude'], () => 'claude/permission/allow/Read', rules, [
    { allow: ['Read'] },
    { allow: 'Read' },
    'Read',
  ]),
  ...rows<JsonValue>(
    ['claude'],
    () => 'claude/env/ANTHROPIC_MODEL',
    (value) => json({ env: { HTTP_PROXY: 'http://p', ...(value === undefined ? {} : { ANTHROPIC_MODEL: value }) } }),
    ['y', 'HOME/y', token, 1],
  ),
  ...[['agents', 'agent', 'x'] as const, ['commands', 'command', 'x'] as const].map(([folder, kind, name]) => ({
    place: placeOf('claude-files'),
    id: `claude-files/${kind}/${name}`,
    fit: 'Do it.',
    unfit: ['Look into HOME/y.', `Say ${token}.`],
    file: () => `.claude/${folder}/${name}.md`,
    beside: { [`.claude/${folder}/other.md`]: 'Another.' },
  })),
];

const ofEditors: readonly HeldPlace[] = [
  ...rows<JsonValue>(
    ending('-settings'),
    (name) => `${name}/setting/x`,
    (value) => json({ other: 1, ...(value === undefined ? {} : { x: value }) }),
    ['y', 'HOME/y', token, { apiKey: 'z' }],
  ),
  ...rows<JsonValue>(
    ['vscode-settings'],
    () => 'vscode-settings/setting/%5Bc%5D/x',
    (value) => json({ other: 1, '[c]': { y: 1 }, ...(value as object) }),
    [{ '[c]': { x: 1 } }, { '[c]': { x: 'HOME/y' } }, { '[c]': null }],
  ),
  ...rows<JsonValue>(
    ['vscode-settings'],
    () => 'vscode-settings/setting/x',
    (value) => json({ other: 1, ...(value as object) }),
    [{ x: 1 }, { x: 1, 'settingsSync.ignoredSettings': ['x'] }],
  ),
  ...rows<JsonValue>(
    ending('-keybindings'),
    (name) => `${name}/keybinding/ctrl%2Bx/run/`,
    (value) =>
      json([
        { key: 'ctrl+y', command: 'other' },
        ...(value === undefined ? [] : [{ key: 'ctrl+x', command: 'run', args: value }]),
      ]),
    ['y', 'HOME/y', { text: token }],
  ),
  ...ending('-extensions').map((name): HeldPlace => {
    const listed = (id: string, metadata: JsonValue): JsonValue => ({
      ...{ identifier: { id }, version: '1.0.0', relativeLocation: id, metadata },
    });
    const place = placeOf(name) as ObservedPlace;
    const [path = ''] = place.lookedAt({ home: '', environment: {} });
    const folder = path.slice(1, -'/extensions.json'.length);
    const manifest = json({ name: 'x', publisher: 'a', version: '1.0.0', engines: { vscode: '*' } });
    return {
      place,
      id: `${name.slice(0, -'-extensions'.length)}/a.x`,
      fit: json([listed('a.other', {}), listed('a.x', {})]),
      unfit: [json([listed('a.other', {}), listed('a.x', { isMachineScoped: true })])],
      gone: json([listed('a.other', {})]),
      beside: { [`${folder}/a.x/package.json`]: manifest, [`${folder}/a.other/package.json`]: manifest },
    };
  }),
];

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
  ...rows<JsonValue>(
    ['claude-models'],
    () => 'claude-models/setting/model',
    (value) => json({ env: { ANTHROPIC_MODEL: 'y' }, ...(value === undefined ? {} : { model: value }) }),
    ['y', 'HOME/y', token],
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
