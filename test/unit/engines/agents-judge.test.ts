import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { engine } from '../../../engines/agents/engine.ts';

type Fields = JsonObject | null;

const record = (kind: string, name: string, more: JsonObject): JsonObject => ({ kind, name, app: 'claude', ...more });
const rule = (list: string, value: JsonValue): JsonObject =>
  record('permission', typeof value === 'string' ? value : 'x', { list, value });
const hook = (event: string, command: string): JsonObject =>
  record('hook', event, { event, value: { hooks: [{ type: 'command', command }] } });
const setting = (app: string, path: string, value: JsonValue): JsonObject => ({
  ...{ kind: 'setting', app, name: path, path: path.split('/'), value },
});
const variable = (name: string, value: JsonValue): JsonObject => record('env', name, { value });
const server = (value: JsonValue, name = 'docs'): JsonObject => ({ kind: 'mcp', name, app: 'cursor', server: value });
const agent = (text: string): JsonObject => record('agent', 'reviewer', { text });
const skill = (text: string, files: JsonObject): JsonObject => record('skill', 'pdf', { text, files });

const npx = { command: 'npx', args: ['-y', 'docs-server@1.2.3'], env: { KEY: { $local: true } } };
const head = (lines: string, body = 'You review.'): JsonObject =>
  agent(`---\nname: reviewer\n${lines}\n---\n${body}\n`);

const harmless: readonly (readonly [string, Fields, Fields])[] = [
  ['a rule that denies', null, rule('deny', 'Bash(curl:*)')],
  ['a rule that asks', null, rule('ask', 'Bash(git push:*)')],
  ['a rule of allow gone', rule('allow', 'Bash(*)'), null],
  ['a folder gone', rule('additionalDirectories', '../x'), null],
  ['a theme', setting('claude', 'theme', 'dark'), setting('claude', 'theme', 'light')],
  ['a switch of the screen', null, setting('claude', 'spinnerTipsEnabled', false)],
  [
    'a more careful mode',
    setting('claude', 'permissions/defaultMode', 'acceptEdits'),
    setting('claude', 'permissions/defaultMode', 'plan'),
  ],
  [
    'no servers of repositories',
    setting('claude', 'enableAllProjectMcpServers', true),
    setting('claude', 'enableAllProjectMcpServers', false),
  ],
  ['a guard on', null, setting('claude', 'permissions/disableBypassPermissionsMode', 'disable')],
  ['a helper gone', setting('claude', 'apiKeyHelper', 'x'), null],
  [
    'room beside a status line',
    setting('claude', 'statusLine', { type: 'command', command: 'x', padding: 0 }),
    setting('claude', 'statusLine', { type: 'command', command: 'x', padding: 2 }),
  ],
  ['a number of the environment', null, variable('BASH_DEFAULT_TIMEOUT_MS', '60000')],
  ['more questions', setting('codex', 'approval_policy', 'never'), setting('codex', 'approval_policy', 'on-request')],
  ['less reach', setting('codex', 'sandbox_mode', 'danger-full-access'), setting('codex', 'sandbox_mode', 'read-only')],
  [
    'no network',
    setting('codex', 'sandbox_workspace_write', { network_access: true }),
    setting('codex', 'sandbox_workspace_write', { network_access: false }),
  ],
  ['effort', null, setting('codex', 'model_reasoning_effort', 'high')],
  ['colours', null, setting('codex', 'tui', { theme: 'dark', notifications: true })],
  ['a server off', server(npx), server({ ...npx, enabled: false })],
  ['fewer tools of a server', server({ ...npx, enabled_tools: ['a', 'b'] }), server({ ...npx, enabled_tools: ['a'] })],
  ['tools of a server shut off', server(npx), server({ ...npx, excludeTools: ['a'] })],
  ['less unasked', server({ ...npx, autoApprove: ['a'] }), server({ ...npx, autoApprove: [] })],
  ['a longer wait', server(npx), server({ ...npx, startup_timeout_sec: 60 })],
  ['a description of an agent', head('description: a'), head('description: b\ncolor: red')],
  ['fewer tools of an agent', head('tools: Read, Bash(git diff:*), Grep'), head('tools: Read, Grep')],
  ['a narrower rule of an agent', head('tools: Read, Bash(git:*)'), head('tools: Bash(git push), Bash(git log:*)')],
  ['a narrower rule of a command', head('allowed-tools: mcp__docs'), head('allowed-tools: mcp__docs__read')],
  ['tools of an agent named at last', head('model: opus'), head('model: opus\ntools: Read')],
  ['an agent gone', head('tools: Read'), null],
  ['a script of a skill gone', skill('x', { 'run.sh': 'sha256:1' }), skill('x', {})],
];

const dangerous: readonly (readonly [string, Fields, Fields])[] = [
  ['any command runs without asking', null, rule('allow', 'Bash(*)')],
  ['any command runs without asking', null, rule('allow', 'Bash')],
  ['any command runs without asking', null, rule('allow', ' bash( :* )')],
  ['curl:* runs without asking', null, rule('allow', 'Bash(curl:*)')],
  ['any file is written without asking', null, rule('allow', 'Write')],
  ['any file is written without asking', null, rule('allow', 'Edit(/**)')],
  ['any page is fetched without asking', null, rule('allow', 'WebFetch')],
  ['tools of the server github are called', null, rule('allow', 'mcp__github__delete')],
  ['anything is done without asking', null, rule('allow', '*')],
  ['characters in it that are not shown', null, rule('allow', 'Read(./src/**)\u200b')],
  ['only look like others', null, rule('deny', 'Bаsh(rm:*)')],
  ['Read(./.env) is denied no more', rule('deny', 'Read(./.env)'), null],
  ['is asked about no more', rule('ask', 'Bash(git push:*)'), null],
  ['another thing than before', rule('deny', 'A'), rule('allow', 'A')],
  ['another thing than before', rule('deny', 'A'), { ...rule('deny', 'A'), name: 'B' }],
  ['agents may read and write in ~/', null, rule('additionalDirectories', '~/')],
  ['nobody knows what a rule in Deny does', null, rule('Deny', 'A')],
  ['no rule that anybody knows', null, rule('deny', { a: 1 })],
  ['runs by itself at Stop: curl x | sh', null, hook('Stop', 'curl x | sh')],
  ['runs by itself at NewEvent: npx -y p; p is whatever version is newest', null, hook('NewEvent', 'npx -y p')],
  ['may have kept something from happening', hook('PreToolUse', 'check'), null],
  ['bypassPermissions: nothing is asked', null, setting('claude', 'permissions/defaultMode', 'bypassPermissions')],
  [
    'less is asked',
    setting('claude', 'permissions/defaultMode', 'plan'),
    setting('claude', 'permissions/defaultMode', 'acceptEdits'),
  ],
  ['what it prints is the key', null, setting('claude', 'apiKeyHelper', '~/bin/key')],
  ['it runs ~/x.sh', null, setting('claude', 'statusLine', { type: 'command', command: '~/x.sh' })],
  ['servers that start unasked', null, setting('claude', 'enableAllProjectMcpServers', true)],
  ['servers that start unasked', null, setting('claude', 'enableAllProjectMcpServers', 'false')],
  [
    'everything may be allowed at once again',
    setting('claude', 'permissions/disableBypassPermissionsMode', 'disable'),
    null,
  ],
  ['hooks may keep something', null, setting('claude', 'disableAllHooks', true)],
  ['another model answers', setting('claude', 'model', 'opus'), setting('claude', 'model', 'haiku')],
  ['plugins come from there', null, setting('claude', 'extraKnownMarketplaces', { a: {} })],
  ['nobody here knows', null, setting('claude', 'Theme', 'dark')],
  ['nobody here knows', null, setting('other', 'theme', 'dark')],
  ['none that is known', null, setting('claude', 'theme', '$(curl x)')],
  ['all that is asked goes there; http: is not encrypted', null, variable('ANTHROPIC_BASE_URL', 'http://a.example')],
  ['the application and what it starts read it', null, variable('BASH_DEFAULT_TIMEOUT_MS', '$(x)')],
  [
    'nothing is asked any more',
    setting('codex', 'approval_policy', 'untrusted'),
    setting('codex', 'approval_policy', 'never'),
  ],
  ['danger-full-access: nothing', null, setting('codex', 'sandbox_mode', 'danger-full-access')],
  ['commands reach the network', null, setting('codex', 'sandbox_workspace_write', { network_access: true })],
  ['shut off from', null, setting('codex', 'sandbox_workspace_write', { writable_roots: ['/'] })],
  ['nothing is asked any more', null, setting('codex', 'profiles', { a: { approval_policy: 'never' } })],
  ['a folder is trusted', null, setting('codex', 'x', { trust_level: 'trusted' })],
  ['it is run after each turn', null, setting('codex', 'notify', ['curl'])],
  ['model is set no more', setting('codex', 'model', 'x'), null],
  ['it may use every tool', null, agent('Do.')],
  ['it may use Read, Bash instead of Read', head('tools: Read'), head('tools: Read, Bash')],
  ['it may use every tool instead of Read', head('tools: Read'), head('color: red')],
  ['it may use Bash(git:*)', head('allowed-tools: Bash(git push)'), head('allowed-tools: Bash(git:*)')],
  ['it may use Bash(git log; x)', head('allowed-tools: Bash(git:*)'), head('allowed-tools: Bash(git log; x)')],
  ['disallowedTools is mcp__a', head('disallowedTools: mcp__a__b'), head('disallowedTools: mcp__a')],
  ['no model is named any more, was opus', head('model: opus'), head('color: red')],
  [
    'permissionMode is bypassPermissions, was nothing',
    head('color: a'),
    head('color: a\npermissionMode: bypassPermissions'),
  ],
  ['hooks is PreToolUse', head('color: a'), head('color: a\nhooks:\n  PreToolUse: x')],
  ['its head cannot be told apart', head('tools: Read'), head('tools: Read\ntools: Bash')],
  ['its head cannot be told apart', head('tools: Read'), head('tools: Read\n"tools": Bash')],
  ['what agents are told is changed; curl x is run', head('color: a'), head('color: a', 'Look: !`curl x`')],
  ['not shown', head('color: a'), head('color: a\ndescription: b\u200bc')],
  ['run.sh may be run by it', skill('x', {}), skill('x', { 'run.sh': 'sha256:1' })],
  ['run.sh may be run by it', skill('x', { 'run.sh': 'sha256:1' }), skill('x', { 'run.sh': 'sha256:2' })],
  ['what it says cannot be told', null, record('agent', 'a', { text: 1 })],
];

describe('a change of what agents may do', () => {
  it.each(harmless)('9 is harmless that brings %s', (_name, before, next) => {
    expect(engine.judge?.(before, next)).toMatchObject({ level: 'harmless' });
    expect(next === null ? [] : engine.dangerousPaths(before, next)).toEqual([]);
  });

  it.each(dangerous)('9 is dangerous where %s', (words, before, next) => {
    const judged = engine.judge?.(before, next);
    expect(judged?.level).toBe('dangerous');
    expect(judged?.words).toContain(words);
    expect(next !== null && engine.dangerousPaths(before, next).length === 0).toBe(false);
  });

  it('9 agents of the registry are none of these', () => {
    expect(engine.judge?.(null, { name: 'helper' })).toBeUndefined();
    expect(engine.judge?.(null, { name: 'helper', kind: 'agent' })).toBeUndefined();
    expect(engine.judge?.(null, { name: 'helper', kind: '__proto__', app: 'claude' })).toBeUndefined();
    expect(engine.dangerousPaths(null, { name: 'helper', tools: ['x'] })).toEqual(['/tools']);
  });
});

describe('a rule of allow beside others', () => {
  const id = (one: string, list = 'allow'): string => `claude/permission/${list}/${encodeURIComponent(one)}`;
  const judgedBeside = (next: JsonObject, live: Readonly<Record<string, JsonObject>>): string | undefined =>
    engine.judge?.(null, next, (one) => live[one])?.words;
  const push = rule('allow', 'Bash(git push)');

  it('15 is harmless where one that is live admits all of it, and says which', () => {
    const live = { [id('Bash(git:*)')]: rule('allow', 'Bash(git:*)') };
    expect(engine.judge?.(null, push, (one) => (live as Record<string, JsonObject>)[one])).toEqual({
      level: 'harmless',
      words: 'harmless: Bash(git:*) is allowed already, and admits all of it',
    });
    expect(judgedBeside(rule('allow', 'Bash(git push; rm x)'), live)).toContain('runs without asking');
    expect(judgedBeside(rule('allow', 'Bash(git push\u200b)'), live)).toContain('not shown');
    expect(judgedBeside({ ...push, app: 'other' }, live)).toContain('runs without asking');
  });

  it.each([
    ['nothing is live', {}],
    ['it is in another list', { [id('Bash(git:*)', 'deny')]: rule('deny', 'Bash(git:*)') }],
    ['the record says another list than its id', { [id('Bash(git:*)')]: rule('deny', 'Bash(git:*)') }],
    ['the record says another rule than its id', { [id('Bash(git:*)')]: rule('allow', 'Bash(ls)') }],
    ['the id is of another rule', { [id('Bash(ls)')]: rule('allow', 'Bash(git:*)') }],
    ['it is of another application', { [id('Bash(git:*)')]: { ...rule('allow', 'Bash(git:*)'), app: 'x' } }],
    ['it is narrower', { [id('Bash(git push origin)')]: rule('allow', 'Bash(git push origin)') }],
  ] as const)('15 is dangerous where %s', (_why, live) => {
    expect(judgedBeside(push, live)).toBe('git push runs without asking');
  });

  it('15 waits all the same, so that devices agree on what is live', () => {
    expect(engine.dangerousPaths(null, push)).not.toEqual([]);
  });

  it('10 a rule of deny that is gone is dangerous, whatever others deny', () => {
    const gone = engine.judge?.(rule('deny', 'Bash(git push)'), null, () => rule('deny', 'Bash(git:*)'));
    expect(gone).toEqual({ level: 'dangerous', words: 'Bash(git push) is denied no more' });
  });
});

const started: readonly (readonly [string, JsonObject])[] = [
  ['some-server is whatever version is newest', { command: 'npx', args: ['--yes', 'some-server'] }],
  ['p@latest is whatever version is newest', { command: 'npx', args: ['-y', 'p@latest'] }],
  ['p@^1.2.3 is whatever version is newest', { command: '/usr/bin/npx', args: ['p@^1.2.3'] }],
  ['@a/b is whatever version is newest', { command: 'npx.cmd', args: ['-p', '@a/b', 'run'] }],
  ['p is whatever version is newest', { command: 'bunx', args: ['p'] }],
  ['p is whatever version is newest', { command: 'bun', args: ['x', 'p'] }],
  ['p is whatever version is newest', { command: 'uvx', args: ['--from', 'p', 'cmd'] }],
  ['p>=1 is whatever version is newest', { command: 'uvx', args: ['p>=1'] }],
  ['p is whatever version is newest', { command: 'pnpm', args: ['dlx', 'p'] }],
  ['p is whatever version is newest', { command: 'npm', args: ['exec', '--', 'p'] }],
  ['p is whatever version is newest', { command: 'cmd', args: ['/c', 'npx', '-y', 'p'] }],
  ['p is whatever version is newest', { command: 'env', args: ['A=1', 'npx', 'p'] }],
  ['p is whatever version is newest', { command: ['npx', '-y', 'p'] }],
  ['p is whatever version is newest', { command: { path: 'npx', args: ['p'] } }],
  ['p is whatever version is newest', { command: 'npx -y p' }],
  ['a shell reads what it runs; p is whatever', { command: 'bash', args: ['-lc', 'cd x && npx -y p'] }],
  ['git+https://a.example/x is whatever', { command: 'uvx', args: ['--from', 'git+https://a.example/x', 'x'] }],
  [
    'the container gets /:/host of this machine',
    { command: 'docker', args: ['run', '--rm', '-v', '/:/host', 'a/b:1.2'] },
  ],
  [
    'the container gets type=bind,src=/,dst=/x',
    { command: 'podman', args: ['run', '--mount=type=bind,src=/,dst=/x', 'a'] },
  ],
  ['run with --privileged', { command: 'docker', args: ['run', '--privileged', 'a/b:1.2'] }],
  ['a/b:latest is whatever version', { command: 'docker', args: ['run', '-i', '--rm', '-e', 'KEY', 'a/b:latest'] }],
  ['a/b is whatever version', { command: 'docker', args: ['run', '-i', '--rm', '-e', 'KEY', 'a/b'] }],
  ['it is given /, all of it', { command: 'files', args: ['/'] }],
  ['it is given KEY', { command: 'x', env: { KEY: { $local: true } } }],
  ['LD_PRELOAD changes what programs do', { command: 'x', env: { LD_PRELOAD: '${A}' } }],
  ['http: is not encrypted', { url: 'http://a.example/mcp' }],
  ['letters of other alphabets', { url: 'https://gіthub.com/mcp' }],
  ['is a number and no name', { url: 'https://10.0.0.1/mcp' }],
  ['is put together when it is used', { url: '${env:HOST}/mcp' }],
  ['characters in it that are not shown', { command: 'x', args: ['a\u202eb'] }],
  ['looks like command', { command: 'x', сommand: 'y' }],
];

const again: readonly (readonly [string, JsonValue, JsonValue])[] = [
  ['another command: npx → sh', npx, { ...npx, command: 'sh' }],
  ['it is given KEY of this machine', npx, { ...npx, args: ['-y', 'docs-server@1.2.4'] }],
  ['another cwd: nothing → /tmp', npx, { ...npx, cwd: '/tmp' }],
  ['another env: it gains B=${env:AWS}', npx, { ...npx, env: { ...npx.env, B: '${env:AWS}' } }],
  ['another env: it loses KEY', npx, { command: 'npx', args: npx.args, env: {} }],
  ['to another host: a.example → b.example', { url: 'https://a.example/x' }, { url: 'https://b.example/x' }],
  ['another url', { url: 'https://a.example/x' }, { url: 'https://a.example/y' }],
  [
    'another headers: it gains A=${X}',
    { url: 'https://a.example' },
    { url: 'https://a.example', headers: { A: '${X}' } },
  ],
  ['enabled_tools is changed', { ...npx, enabled_tools: ['a'] }, npx],
  ['enabled_tools is changed', { ...npx, enabled_tools: ['a'] }, { ...npx, enabled_tools: [] }],
  ['trust is changed', npx, { ...npx, trust: true }],
  ['switched on', { ...npx, enabled: false }, { ...npx, enabled: true }],
  ['description is changed', npx, { ...npx, description: 'a\u200b' }],
  ['timeout is changed', npx, { ...npx, timeout: '5; rm' }],
  ['cannot be told', npx, []],
];

describe('a record of an application', () => {
  it.each([...harmless, ...dangerous].flatMap(([, before, next]) => [next ?? before ?? {}].filter(isWhole)))(
    '14 is taken where it is whole: %j',
    (fields) => {
      expect(engine.lacking?.(fields, null)).toBeUndefined();
    },
  );

  it.each([
    record('permission', 'x', { list: 'deny' }),
    record('permission', 'x', { list: 'deny', value: ['x'] }),
    record('hook', 'x', { event: 'Stop', value: 'x' }),
    record('setting', 'x', { value: 1 }),
    record('setting', 'x', { path: [], value: 1 }),
    record('env', 'x', { value: 1 }),
    record('skill', 'x', { text: 'x', files: [] }),
  ])('14 is held where something is missing: %j', (fields) => {
    expect(engine.lacking?.(fields, null)).toContain('is missing, or is no such thing');
  });

  it('14 of before, or of the registry, is what it was', () => {
    expect(engine.lacking?.({ kind: 'mcp', name: 'x' }, null)).toBeUndefined();
    expect(engine.lacking?.({ kind: 'hook', name: 'x' }, null)).toBeUndefined();
  });
});

function isWhole({ text, value, kind }: JsonObject): boolean {
  return typeof text !== 'number' && !(kind === 'permission' && typeof value !== 'string');
}

describe('what a server runs', () => {
  it.each(started)('9 is said of a new one: %s', (words, next) => {
    expect(engine.judge?.(null, server(next))).toMatchObject({
      level: 'dangerous',
      words: expect.stringContaining(words),
    });
  });

  it.each(again)('9 is said of one that is known: %s', (words, before, next) => {
    const judged = engine.judge?.(server(before), server(next));
    expect(judged).toMatchObject({ level: 'dangerous', words: expect.stringContaining(words) });
  });

  it.each([
    { command: 'npx', args: ['-y', '@a/b@1.2.3'] },
    { command: 'uvx', args: ['p==1.2'] },
    { command: 'uvx', args: ['--from', `git+https://a.example/x@${'a'.repeat(40)}`, 'x'] },
    { command: 'docker', args: ['run', '-i', '--rm', '-e', 'KEY', 'a/b:1.2.3'] },
    { command: 'docker', args: ['run', '-i', `a/b@sha256:${'a'.repeat(64)}`] },
    { command: 'node', args: ['server.js'] },
  ])('9 is not said to be the newest where it is named: %j', (next) => {
    expect(engine.judge?.(null, server(next))?.words).not.toContain('newest');
  });

  it('9 a name that looks like another is said', () => {
    expect(engine.judge?.(null, server({ command: 'x' }, 'gіthub'))?.words).toContain('only look like others');
  });

  it('9 nothing makes it throw or wait: deep, long, odd', () => {
    let deep: JsonValue = 'x';
    for (let depth = 0; depth < 20_000; depth++) {
      deep = [deep];
    }
    const long = 'a '.repeat(500_000);
    for (const value of [deep, long, null, 1, { command: deep }, { args: long, command: long }, { env: deep }]) {
      for (const fields of [
        server(value),
        rule('allow', value),
        setting('claude', 'x', value),
        hook('Stop', long),
        agent(long),
      ]) {
        expect(engine.judge?.(null, fields)?.level).toBe('dangerous');
      }
    }
  });
});
