import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigCommands } from '../../../src/cli/ground/config-commands.ts';
import { createConfigCommands } from '../../../src/daemon/offline/config-commands.ts';

let folder: string;
const text = `# mine
[relay] # the one at home
url = "ws://a.example:1" # not the other
[engines."sourceos.sync.shell"]
enabled = true
`;
let path: string;
let commands: ConfigCommands;
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sourcesync-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  number += 1;
  path = join(folder, `home-${number}`, 'config.toml');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o640 });
  chmodSync(path, 0o640);
  commands = createConfigCommands({ config: path }, {});
});

const read = () => readFileSync(path, 'utf8');

describe('config set', () => {
  it('changes one value, and leaves comments, order and mode', () => {
    expect(commands.set('relay.url', 'wss://b.example')).toMatchObject({ key: 'relay.url', countsFrom: 'restart' });
    expect(read()).toBe(text.replace('ws://a.example:1', 'wss://b.example'));
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it.each([
    ['log.level', 'debug', 'now', /\[log\]\nlevel = "debug"/],
    ['tombstones.expire_days', '30', 'now', /expire_days = 30/],
    ['relay.local_only', 'true', 'restart', /local_only = true/],
    ['device.label', 'true', 'setup', /label = "true"/],
    ['engines.sourceos.sync.shell.enabled', 'false', 'now', /enabled = false/],
    ['engines."sourceos.sync.notes".review_mode', 'per_device', 'restart', /review_mode = "per_device"/],
  ])('%s %s counts from: %s', (key, value, countsFrom, line) => {
    expect(commands.set(key, value)).toMatchObject({ countsFrom });
    expect(read()).toMatch(line);
    expect(read()).toContain('# not the other');
    expect(String((commands.get(key) as { value: unknown }).value)).toBe(value);
  });

  it.each([
    ['log.level', 'loud', /log\.level takes one of fatal, error/],
    ['log.levle', 'debug', /no setting log\.levle/],
    ['relay', 'x', /relay takes a table/],
    ['relay.url', 'http://x', /relay\.url must match.*relay\.url takes text that matches \^wss\?:/],
    ['tombstones.expire_days', 'many', /takes a whole number from 7 to 3650/],
    ['tombstones.expire_days', '3', />= 7/],
    ['engines.nowhere.enabled', 'true', /must match/],
    ['= x', '1', /no setting/],
  ])('%s %s is refused in words, and nothing is changed', (key, value, message) => {
    expect(commands.set(key, value)).toMatchObject({ exitCode: 1, message: expect.stringMatching(message) });
    expect(read()).toBe(text);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('a file that is a link stays one, and an absent one is made for its owner alone', () => {
    const link = join(dirname(path), 'link.toml');
    symlinkSync(path, link);
    createConfigCommands({ config: link }, {}).set('log.level', 'warn');
    expect([lstatSync(link).isSymbolicLink(), read().includes('level = "warn"')]).toEqual([true, true]);
    const fresh = join(dirname(path), 'new', 'config.toml');
    createConfigCommands({ config: fresh }, {}).set('log.level', 'warn');
    expect(statSync(fresh).mode & 0o777).toBe(0o600);
  });
});

describe('config get', () => {
  it('says the value in force and where it is from, or what it takes', () => {
    expect(commands.get('relay.url')).toEqual({ key: 'relay.url', value: 'ws://a.example:1', origin: path });
    expect(createConfigCommands({ config: path }, { SOURCESYNC_LOG: 'warn' }).get('log.level')).toMatchObject({
      ...{ value: 'warn', origin: 'SOURCESYNC_LOG' },
    });
    expect(commands.get('log.level')).toMatchObject({ value: 'info', origin: 'default' });
    expect(commands.get('engines.sourceos.sync.shell.scope')).toMatchObject({
      message: expect.stringMatching(/is not set. It takes one of public/),
    });
    expect(commands.get('nothing')).toMatchObject({ message: expect.stringContaining('There is no setting nothing') });
  });
});

describe('config edit', () => {
  const edit = async (script: string, variable = 'EDITOR') =>
    createConfigCommands({ config: path }, { [variable]: script }).edit();

  it('takes a valid copy over', async () => {
    expect(await edit('sed -i s/true/false/', 'VISUAL')).toEqual({ path, changed: true });
    expect([read(), existsSync(`${path}.edit`)]).toEqual([text.replace('true', 'false'), false]);
    expect(await edit('true')).toEqual({ path, changed: false });
  });

  it('keeps one that is not valid, and says where; the next edit does not write over it', async () => {
    expect(await edit('sed -i s/true/maybe/')).toMatchObject({
      message: expect.stringContaining(`kept in ${path}.edit`),
    });
    expect([read(), readFileSync(`${path}.edit`, 'utf8')]).toEqual([text, text.replace('true', 'maybe')]);
    expect(await edit('true')).toMatchObject({ message: expect.stringContaining('not taken over') });
  });

  it('an editor that fails, and one that is not there: the file is as it was, and what was written is kept', async () => {
    const kept = `is as it was; what was written is kept in ${path}.edit`;
    expect(await edit('false')).toMatchObject({
      message: expect.stringMatching(/^The editor \(false\) ended with 1\. Name another editor in VISUAL or EDITOR\./),
    });
    rmSync(`${path}.edit`);
    const message = expect.stringMatching(/ended with 127\..*VISUAL or EDITOR/);
    expect(await edit('no-such-editor')).toMatchObject({ message });
    rmSync(`${path}.edit`);
    expect(await edit('exit 3;')).toMatchObject({ message: expect.stringContaining(kept) });
    expect(read()).toBe(text);
  });
});
