import { createHash } from 'node:crypto';
import { canonicalText } from '../../src/base/canonical-json.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { ObservedPlace } from '../../src/contract/observed-place.ts';
import { type HeldPlace, ending, json, line, placeOf, rows, token } from './held-rows.ts';

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

export const ofShells: readonly HeldPlace[] = [
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
    ['bash', 'zsh'],
    (name) => `${name}/path/%2Fopt%2Fx`,
    (value) => `export PATH="/opt/other:$PATH"\n${line(value)}`,
    ['export PATH="/opt/x:$PATH"', 'export PATH="HOME/x:$PATH"', '# added by x\nexport PATH="/opt/x2:$PATH"'],
  ),
  ...rows<string>(
    ['bash', 'fish'],
    (name) => `${name}/source/%2Fopt%2Fx`,
    (value) => `source /opt/other\n${line(value)}`,
    ['source /opt/x', 'source HOME/x'],
  ),
  ...rows<string>(
    ['fish'],
    () => 'fish/path/%2Fopt%2Fx',
    (value) => `fish_add_path /opt/other\n${line(value)}`,
    ['fish_add_path /opt/x', 'fish_add_path HOME/x'],
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

const group = (command: string): JsonValue => ({ hooks: [{ type: 'command', command }] });
/** As Claude's settings call it: by what it says. */
const hookOf = (command: string): string =>
  `claude/hook/Stop/${createHash('sha256')
    .update(canonicalText(group(command)))
    .digest('hex')
    .slice(0, 16)}`;

export const ofAgents: readonly HeldPlace[] = [
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
  ...(['allow', 'ask', 'deny'] as const).flatMap((list) =>
    rows<JsonValue>(['claude'], () => `claude/permission/${list}/Bash(curl%20x)`, rules, [
      { [list]: ['Bash(curl x)', 'Read'] },
      { [list]: [`Bash(curl -H ${token} x)`, 'Read'] },
      { [list]: ['Read', 'Bash(curl HOME/x)'] },
      { [list]: ['Read', { odd: 'Bash(curl x)' }] },
    ]).map((row) => ({ ...row, gone: rules({ [list]: ['Read'] }) })),
  ),
  ...rows<string>(
    ['claude'],
    () => hookOf('run x'),
    (command) =>
      json({ hooks: { Stop: [group('other'), ...(command === undefined ? [] : [group(command)])] }, model: 'sonnet' }),
    ['run x', `run x --token ${token}`, 'HOME/bin/run x'],
  ),
  ...rows<JsonValue>(['claude'], () => 'claude/setting/permissions/defaultMode', rules, [
    { defaultMode: 'plan' },
    { defaultMode: 'HOME/y' },
    'plan',
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

export const ofEditors: readonly HeldPlace[] = [
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
    (name) => `${name}/keybinding/ctrl%2Bx/run`,
    (value) =>
      json([
        { key: 'ctrl+y', command: 'other' },
        ...(value === undefined ? [] : [{ key: 'ctrl+x', command: 'run', args: value }]),
      ]),
    ['y', 'HOME/y', { text: token }],
  ),
  ...rows<JsonValue>(
    ending('-snippets'),
    (name) => `${name}/snippet/global.code-snippets/For%20x`,
    (value) => json({ other: { body: 'y' }, ...(value === undefined ? {} : { 'For x': value }) }),
    [{ prefix: 'for', body: ['y'] }, { body: 'HOME/y' }, { body: [token] }, { prefix: 'for' }],
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
