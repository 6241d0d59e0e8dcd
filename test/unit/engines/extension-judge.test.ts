import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { engine } from '../../../engines/extensions/engine.ts';

const code: JsonObject = {
  ...{ host: 'vscode', extensionId: 'acme.alpha', version: '1.2.3', enabled: true, source: 'gallery' },
  ...{ publisherId: 'p1', main: './out/x.js', engines: { vscode: '^1.80.0' } },
  ...{ activationEvents: ['onLanguage:go'], contributes: ['commands'] },
};
const theme: JsonObject = {
  ...{ host: 'vscode', extensionId: 'acme.dark', version: '1.2.3', enabled: true, source: 'gallery' },
  contributes: ['themes'],
};
const less = (fields: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([member]) => member !== name));
const judge = (before: JsonObject | null, next: JsonObject | null) => engine.judge?.(before, next);

describe('a change of what is installed', () => {
  it.each<[string, JsonObject | null, JsonObject | null]>([
    ['a theme', null, theme],
    ['icons', null, { ...theme, contributes: ['iconThemes', 'productIconThemes'] }],
    ['a language pack', null, { ...theme, contributes: ['localizations'] }],
    ['snippets', null, { ...theme, contributes: ['snippets', 'languages'] }],
    ['a newer theme', theme, { ...theme, version: '2.0.0' }],
    ['a correction with the same manifest', code, { ...code, version: '1.2.10' }],
    ['a correction by date', { ...code, version: '2026.4.1' }, { ...code, version: '2026.4.2' }],
    ['that it is off', code, { ...code, enabled: false }],
    ['that it is gone', code, null],
    ['that it stays at its version', code, { ...code, pinned: true }],
    ['fewer reasons to start', code, less(code, 'activationEvents')],
    ['no code any more', code, less(code, 'main')],
    ['a newer host of the same major version', code, { ...code, version: '1.2.4', engines: { vscode: '^1.99.0' } }],
    ['fewer in its pack', { ...code, extensionPack: ['a.b', 'a.c'] }, { ...code, extensionPack: ['a.b'] }],
    ['the same', code, { ...code }],
  ])('9 is harmless that brings %s', (_name, before, next) => {
    expect(judge(before, next)?.words).toMatch(/^harmless/);
    expect(judge(before, next)?.level).toBe('harmless');
  });

  it.each<[string, JsonObject | null, JsonObject, RegExp]>([
    ['one that runs code', null, code, /a new extension of acme: runs code of its own, starts by onLanguage:go/],
    ['one of which little is known', null, less(less(code, 'main'), 'contributes'), /nobody can tell here|starts by/],
    ['an old record', null, { host: 'vscode', extensionId: 'a.b', version: '1', enabled: true }, /nobody can tell/],
    ['a theme that runs code', null, { ...theme, browser: './x.js' }, /runs code/],
    [
      'a theme that brings others',
      null,
      { ...theme, extensionPack: ['evil.x'] },
      /brings other extensions along: evil\.x/,
    ],
    [
      'a theme and more',
      null,
      { ...theme, contributes: ['themes', 'typescriptServerPlugins'] },
      /typescriptServerPlugins/,
    ],
    ['another profile', theme, { ...theme, profile: 'Work' }, /another profile has it: nothing → Work/],
    ['a profile that hides characters', null, { ...theme, profile: 'W\u200bork' }, /its profile is none, or has/],
    ['a theme out of a file', null, { ...theme, source: 'vsix' }, /comes from vsix/],
    ['a theme with a member that nobody knows', null, { ...theme, scripts: 'x' }, /scripts is nothing that is known/],
    [
      'a theme that is a list by another name',
      null,
      { ...theme, contributes: { themes: [] } },
      /nobody can tell|no list/,
    ],
    ['another publisher', code, { ...code, publisherId: 'p2' }, /another publisher under the same name: p1 → p2/],
    [
      'new dependencies',
      code,
      { ...code, extensionDependencies: ['evil.x'] },
      /brings other extensions along: evil\.x/,
    ],
    [
      'one more in its pack',
      { ...code, extensionPack: ['a.b'] },
      { ...code, extensionPack: ['a.b', 'e.x'] },
      /along: e\.x/,
    ],
    ['code where there was none', theme, { ...theme, main: './x.js' }, /it runs code now: \.\/x\.js/],
    ['other code', code, { ...code, main: './y.js' }, /other code/],
    ['a start with the editor', code, { ...code, activationEvents: ['*'] }, /starts with the editor \(\*\)/],
    ['a start behind it', code, { ...code, activationEvents: ['onStartupFinished'] }, /starts with the editor/],
    ['another reason to start', code, { ...code, activationEvents: ['onLanguage:go', 'onUri'] }, /starts by onUri/],
    ['another source', code, { ...code, source: 'vsix' }, /somewhere else: gallery → vsix/],
    ['the open gallery', code, { ...code, source: 'openvsx' }, /somewhere else/],
    ['that it is on again', { ...code, enabled: false }, code, /switched on again/],
    ['an older version', code, { ...code, version: '1.2.2' }, /an older version.*1\.2\.3 → 1\.2\.2/],
    ['a version before its release', code, { ...code, version: '1.2.3-beta' }, /an older version/],
    ['more than a correction', code, { ...code, version: '1.3.0' }, /more than a correction: 1\.2\.3 → 1\.3\.0/],
    ['no version', code, { ...code, version: 'banana' }, /banana is no version/],
    ['no version, new', null, { ...theme, version: 'latest' }, /latest is no version/],
    ['a version that is a number', code, { ...code, version: 2 }, /2 is no version/],
    ['a version with a blank', code, { ...code, version: '1.2.4 ' }, /is no version/],
    ['no longer its version', { ...code, pinned: true }, code, /no longer kept at its version/],
    ['versions before their release', code, { ...code, preRelease: true }, /before their release/],
    ['another major version of its host', code, { ...code, engines: { vscode: '^2.0.0' } }, /another version/],
    ['a new permission', code, { ...code, permissions: ['untrustedWorkspaces'] }, /may do more: untrustedWorkspaces/],
    ['another kind of thing', code, { ...code, contributes: ['commands', 'terminal'] }, /adds to the editor: terminal/],
    ['a member that nobody knows', code, { ...code, autoUpdate: true }, /autoUpdate is changed/],
    ['a list that is a text', code, { ...code, activationEvents: '*' }, /activationEvents is changed/],
    ['a switch that is a text', code, { ...code, enabled: 'false' }, /whether it is on/],
    ['a known name with a nought', null, { ...theme, extensionId: 'ms-pyth0n.python' }, /looks like ms-python\.python/],
    [
      'a known name with a letter more',
      null,
      { ...theme, extensionId: 'esbenp.prettier-vscodes' },
      /looks like esbenp/,
    ],
    ['a known name with two swapped', null, { ...theme, extensionId: 'golagn.go' }, /looks like golang\.go/],
    ['a known name without its hyphen', null, { ...theme, extensionId: 'msvscode.cpptools' }, /looks like ms-vscode/],
    ['a name in other letters', null, { ...theme, extensionId: 'аcme.dark' }, /is no name of an extension/],
    ['a name with what is not shown', null, { ...theme, extensionId: 'acme.da\u200brk' }, /not shown/],
    ['no name', null, { ...theme, extensionId: 'acme' }, /is no name/],
    ['another in its place', code, { ...code, extensionId: 'acme.beta' }, /another extension in its place/],
    ['one of a browser', null, { ...code, host: 'browser', permissions: ['<all_urls>'] }, /may do more: <all_urls>/],
  ])('9 is dangerous that brings %s', (_name, before, next, words) => {
    expect(judge(before, next)?.level).toBe('dangerous');
    expect(judge(before, next)?.words).toMatch(words);
  });

  it('a version that is none is not written', () => {
    expect(engine.lacking?.({ ...code, version: 'banana' }, null)).toMatch(/no version.*1\.4\.0/);
    for (const version of ['1', '1.2.3', 'v1.2', '2026.4.0-insider', '1.2b3', '1.0.0+build.5', '0.0.0']) {
      expect(engine.lacking?.({ ...code, version }, null)).toBeUndefined();
    }
    for (const version of ['', '1.x', '1..2', '^1.0.0', '1.0.0\n', '１.2', 'v', '1.2.', '1,2', '9'.repeat(200)]) {
      expect(engine.lacking?.({ ...code, version }, null)).toBeDefined();
    }
  });
});

const setting = (name: string, value: JsonValue, more: JsonObject = {}): JsonObject => ({
  ...{ kind: 'setting', host: 'vscode', name, value },
  ...more,
});

describe('a change of a setting', () => {
  it.each<[string, JsonValue]>(
    [
      ['editor.fontSize', 14],
      ['editor.fontFamily', "'Fira Code', Menlo, monospace"],
      ['editor.rulers', [80, { column: 120, color: '#ff0000' }]],
      ['editor.formatOnSave', true],
      ['editor.quickSuggestions', { strings: 'on', comments: false }],
      ['editor.tokenColorCustomizations', { textMateRules: [{ scope: ['a.b'], settings: { fontStyle: 'bold' } }] }],
      ['workbench.colorTheme', 'Solarized Dark+'],
      ['workbench.colorCustomizations', { '[Default Dark+]': { 'editor.background': '#000000' } }],
      ['workbench.sideBar.location', 'right'],
      ['workbench.editor.enablePreview', false],
      ['files.autoSave', 'afterDelay'],
      ['files.exclude', { '**/node_modules': true, '**/*.{js,map}': { when: '$(basename).ts' } as never }],
      ['files.associations', { '*.conf': 'ini' }],
      ['files.eol', 'auto'],
      ['search.exclude', { '**/dist': true }],
      ['explorer.confirmDelete', true],
      ['terminal.integrated.fontSize', 12],
      ['terminal.integrated.scrollback', 10_000],
      ['window.title', '${activeEditorShort}${separator}${rootName}'],
      ['telemetry.telemetryLevel', 'off'],
      ['prettier.singleQuote', true],
      ['javascript.format.semicolons', 'insert'],
      ['cSpell.words', ['sourcesync']],
      ['extensions.autoUpdate', false],
    ].filter(([name]) => name !== 'files.exclude') as [string, JsonValue][],
  )('9 is harmless of %s to %j', (name, value) => {
    expect(judge(null, setting(name, value))).toEqual({ level: 'harmless', words: 'harmless' });
    expect(judge(null, setting(name, value, { language: '[python]' }))?.level).toBe('harmless');
    expect(judge(null, setting(` ${name}`, value))?.level).toBe('dangerous');
    expect(judge(null, setting(name.toUpperCase(), value))?.level).toBe('dangerous');
    expect(judge(null, setting(name, { x: '${command:evil.run}' }))?.level).toBe('dangerous');
    expect(judge(null, setting(name, '/tmp/x'))?.level).toBe('dangerous');
  });

  it.each<[string, JsonValue, RegExp]>([
    ['terminal.integrated.env.linux', { LD_PRELOAD: '/tmp/x.so' }, /terminal runs.*LD_PRELOAD/],
    ['terminal.integrated.profiles.osx', { zsh: { path: '/tmp/zsh' } }, /terminal runs/],
    ['terminal.integrated.defaultProfile.linux', 'evil', /terminal runs/],
    ['terminal.integrated.automationProfile.linux', { path: 'x' }, /terminal runs/],
    ['git.path', '/tmp/git', /git runs by it: \/tmp\/git/],
    ['go.alternateTools', { go: '/tmp/go' }, /names a file/],
    ['rust-analyzer.server.path', 'x', /names what is run: x/],
    ['php.validate.executablePath', '/usr/bin/php', /names what is run/],
    ['eslint.execArgv', ['--require', '/tmp/x'], /./],
    ['security.workspace.trust.enabled', false, /unknown folder may run/],
    ['security.workspace.trust.untrustedFiles', 'open', /unknown folder/],
    ['extensions.autoUpdate', true, /which code is fetched/],
    ['chat.tools.autoApprove', true, /without asking/],
    ['chat.tools.terminal.autoApprove', { rm: true }, /without asking/],
    ['http.proxy', 'http://10.0.0.1:3128', /whom the editor talks through.*10\.0\.0\.1/],
    ['http.proxyStrictSSL', false, /whom it believes/],
    ['task.allowAutomaticTasks', 'on', /tasks of a folder/],
    ['editor.unicodeHighlight.invisibleCharacters', false, /deceive/],
    ['editor.unicodeHighlight', { invisibleCharacters: false }, /deceive/],
    ['editor.renderControlCharacters', false, /deceive/],
    ['editor.codeActionsOnSave', { 'source.fixAll': 'always' }, /each save/],
    ['editor.defaultFormatter', 'evil.x', /each save: evil\.x/],
    ['editor', { fontSize: 12 }, /nothing here/],
    ['editor.fontFamily', 'a\u202eb', /not shown/],
    ['editor.fontSize', '${env:X}', /put together/],
    ['workbench.externalBrowser', 'evil', /nothing here/],
    ['workbench.editorAssociations', { '*.sh': 'evil.editor' }, /nothing here/],
    ['explorer.confirmDelete', false, /guards/],
    ['files.dialog.defaultPath', '/x', /names what is run|names a file/],
    ['terminal.integrated.enableMultiLinePasteWarning', 'never', /terminal/],
    ['markdown.styles', ['https://example.org/x.css'], /holds an address/],
    ['gopls', { 'build.env': { GOFLAGS: '-toolexec=x' } }, /nothing here/],
    ['constructor', 1, /nothing here/],
    ['__proto__', { x: 1 }, /nothing here/],
  ])('9 is dangerous of %s to %j', (name, value, words) => {
    expect(judge(null, setting(name, value))?.level).toBe('dangerous');
    expect(judge(null, setting(name, value))?.words).toMatch(words);
  });

  it('9 of its name, its language, or a record of another form is dangerous', () => {
    const size = setting('editor.fontSize', 12);
    expect(judge(size, setting('editor.tabSize', 12))?.words).toContain('another setting');
    expect(judge(size, { ...size, language: '[python]' })?.level).toBe('dangerous');
    expect(judge(null, { ...size, language: 'python' })?.level).toBe('dangerous');
    expect(judge(null, { ...size, more: 1 })?.level).toBe('dangerous');
    expect(judge(null, less(size, 'value'))?.level).toBe('dangerous');
    expect(judge(size, { ...theme })?.words).toContain('becomes');
    expect(judge(null, { ...size, kind: 'Setting' })?.level).toBe('dangerous');
  });

  it('9 a removal is harmless where nothing guards by it', () => {
    expect(judge(setting('editor.fontSize', 12), null)?.level).toBe('harmless');
    expect(judge(setting('explorer.confirmDelete', false), null)?.level).toBe('harmless');
    for (const name of ['telemetry.telemetryLevel', 'extensions.autoUpdate', 'git.path', 'http.proxy', 'constructor']) {
      expect(judge(setting(name, 'off'), null)?.words).toContain(`without ${name}`);
    }
  });

  it('9 nothing makes it throw or hang', () => {
    let deep: JsonValue = 'x';
    for (let level = 0; level < 60; level++) {
      deep = [{ a: deep }];
    }
    for (const value of [deep, 'x'.repeat(5_000_000), 'a '.repeat(1_000_000), '${'.repeat(100_000), null]) {
      for (const name of ['editor.rulers', 'workbench.colorCustomizations', 'a'.repeat(100_000), 'window.title']) {
        expect(judge(null, setting(name, value))?.words.length).toBeLessThan(300);
      }
    }
  });
});

const binding = (key: string, command: string, more: JsonObject = {}): JsonObject => ({
  ...{ kind: 'keybinding', host: 'vscode', name: `${key} ${command}`, binding: { key, command, ...more } },
});

describe('a change of a key binding', () => {
  it.each([
    binding('ctrl+shift+k', 'editor.action.deleteLines', { when: 'textInputFocus && !editorReadonly' }),
    binding('ctrl+k ctrl+s', '-workbench.action.openGlobalKeybindings'),
    binding('ctrl+t', '-workbench.action.terminal.sendSequence'),
    binding('alt+left', 'workbench.action.navigateBack'),
    binding('ctrl+b', 'workbench.action.toggleSidebarVisibility'),
  ])('9 is harmless: %j', (next) => {
    expect(judge(null, next)?.level).toBe('harmless');
    expect(judge(next, null)?.level).toBe('harmless');
  });

  it.each<[JsonObject, RegExp]>([
    [binding('ctrl+t', 'workbench.action.terminal.sendSequence', { args: { text: 'rm -rf ~\r' } }), /sendSequence/],
    [binding('ctrl+t', 'workbench.action.terminal.sendSequence'), /nobody knows/],
    [binding('ctrl+t', 'runCommands', { args: { commands: ['x'] } }), /runs runCommands with/],
    [binding('ctrl+t', 'workbench.action.tasks.runTask', { args: 'x' }), /runTask with x/],
    [binding('ctrl+t', 'editor.action.insertSnippet', { args: { snippet: 'x' } }), /insertSnippet/],
    [binding('ctrl+t', 'Editor.action.deleteLines'), /nobody knows/],
    [binding('ctrl+t', 'deleteFile'), /nobody knows/],
    [binding('ctrl+t', 'editor.action.deleteLines', { mac: 'x' }), /as this version knows/],
    [binding('a', 'workbench.action.closeWindow'), /used for typing: a/],
    [binding('enter', 'editor.action.deleteLines'), /used for typing/],
    [{ ...binding('ctrl+t', 'x'), name: 'ctrl+t editor.action.deleteLines' }, /called other/],
    [{ ...binding('ctrl+t', 'x'), binding: ['ctrl+t'] }, /as this version knows/],
    [binding('ctrl+t', 'editor.action.deleteLines\u200b'), /not shown/],
  ])('9 is dangerous: %j', (next, words) => {
    expect(judge(null, next)?.level).toBe('dangerous');
    expect(judge(null, next)?.words).toMatch(words);
  });
});
