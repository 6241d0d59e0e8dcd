import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import type { DeviceId } from '../../src/base/ids.ts';
import { isObserved } from '../../src/contract/observed-place.ts';
import { openedPlace } from '../../src/daemon/links/place-units.ts';
import { createRegistry } from '../../src/manifest/registry.ts';
import { fingerprintOf, plainMode } from '../../src/sources/ground/fingerprint.ts';
import { idFromPath } from '../../src/sources/ground/safe-path.ts';
import { fixture } from '../unit/engines/place-files.ts';
import { parse, shippedSources } from '../unit/manifest/shipped.ts';
import { heldPlaces } from './held-places.ts';
import { type HeldPlace, engineOf, placeOf } from './held-rows.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-records-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const shipped = createRegistry({ parse, sources: shippedSources() });

type Row = Pick<HeldPlace, 'place' | 'file' | 'beside'> & { readonly text: string; readonly atLeast: number };

const everyKind = [
  'alias a=\'ls\'\nf() {\n  ls\n}\nexport LANG=C\nexport PATH="$HOME/bin:$PATH"\nshopt -s checkwinsize\nset -o vi\numask 077',
  "PS1='$ '\nbind '\"\\C-x\": beginning-of-line'\ncomplete -W 'a b' x\ntrap 'ls' EXIT\nsource ~/.aliases\n. /etc/x\nalias é=ls\n",
].join('\n');
const fish =
  "alias a 'ls'\nabbr -a g git\nset -gx LANG C\nfish_add_path /opt/bin\nfunction f\n  ls\nend\nbind \\cx beginning-of-line\ncomplete -c x -a a\nsource ~/x.fish\nset fish_greeting hi\n";
const zsh = `${everyKind.replace(/^(shopt|complete|bind).*$/gm, '')}setopt autocd\nbindkey '^x' undo\nzstyle ':completion:*' menu select\n`;
const key = (binding: object): string => JSON.stringify([binding]);

const rows: readonly Row[] = [
  ...heldPlaces.map(({ fit, ...row }) => ({ ...row, text: fit, atLeast: 1 })),
  { place: placeOf('bash'), text: everyKind, atLeast: 12 },
  { place: placeOf('bash'), text: fixture('bashrc'), atLeast: 5 },
  { place: placeOf('zsh'), text: zsh, atLeast: 10 },
  { place: placeOf('fish'), text: fish, atLeast: 9 },
  { place: placeOf('readline'), text: 'set bell-style none\n"\\C-x": beginning-of-line\n', atLeast: 2 },
  { place: placeOf('git'), text: fixture('gitconfig'), atLeast: 5 },
  { place: placeOf('vscode-keybindings'), text: key({ key: 'ctrl+k', command: 'x.y' }), atLeast: 1 },
  { place: placeOf('vscode-keybindings'), text: key({ key: 'ctrl+k ctrl+/', command: '-x', when: 'a' }), atLeast: 1 },
];

it.each(rows.map((row, index) => [row.place.name, index, row] as const))(
  'P0 each unit of %s has a name that a record can have, and is one of its collection (row %i)',
  async (_name, _index, { place, file, beside = {}, text, atLeast }) => {
    const surroundings = { home, environment: {} };
    const first = isObserved(place) ? place.lookedAt(surroundings)[0] : place.files(surroundings)[0];
    const path = file === undefined ? (first as string) : join(home, file(home));
    for (const [name, words] of [
      ...Object.entries(beside).map(([at, its]) => [join(home, at), its] as const),
      [path, text] as const,
    ]) {
      mkdirSync(dirname(name), { recursive: true });
      writeFileSync(name, words.replaceAll('HOME', home));
    }
    const deps = {
      surroundings,
      self: 'd' as DeviceId,
      stateFolder: join(home, '.state'),
      nowMs: () => 0,
    };
    const opened = await openedPlace(place, deps);
    const { source, records } = (opened as Extract<typeof opened, { ok: true }>).value;
    const { units } = await source.read();
    const engine = engineOf(place);
    const schema = shipped.ofEngine(engine.engineId)?.recordSchema;
    const faults = [...units].flatMap(([id, { text: unit }]) => {
      const fields = records.fieldsOf(id, unit);
      const valid = schema?.validate(fields);
      const isName = idFromPath(id) === id;
      const lacks = engine.lacking?.(fields, null);
      const isSame = records.unitOf(id, fields) === unit;
      return isName && valid?.ok === true && lacks === undefined && isSame
        ? []
        : [{ id, isName, isSame, lacks, valid: valid?.ok === false ? valid.error : valid?.ok }];
    });
    expect(faults).toEqual([]);
    expect(units.size).toBeGreaterThanOrEqual(atLeast);
  },
);

it('P4 of a file that many units change at once what it held before the first of them is kept', async () => {
  const path = join(home, '.bashrc');
  const aliases = (say: string): string => ['a', 'b', 'c'].map((name) => `alias ${name}='${say}'\n`).join('');
  writeFileSync(path, aliases('ls'));
  let aheadMs = 0;
  const surroundings = { home, environment: {} };
  const stateFolder = join(home, '.state');
  const deps = {
    surroundings,
    self: 'd' as DeviceId,
    stateFolder,
    nowMs: () => Date.now() + aheadMs,
  };
  const opened = await openedPlace(placeOf('bash'), deps);
  const { source } = (opened as Extract<typeof opened, { ok: true }>).value;
  const write = async (name: string, from: string, to: string): Promise<void> => {
    const [before, after] = [from, to].map((say) => utf8(`alias ${name}='${say}'`)) as [Uint8Array, Uint8Array];
    expect((await source.put(`bash/alias/${name}`, after, fingerprintOf(before, plainMode))).ok).toBe(true);
  };
  for (const name of ['a', 'b', 'c']) {
    await write(name, 'ls', 'pwd');
  }
  const copies = (): readonly string[] =>
    readdirSync(join(stateFolder, 'place-copies')).map((name) =>
      readFileSync(join(stateFolder, 'place-copies', name), 'utf8'),
    );
  expect(copies()).toEqual([aliases('ls')]);
  aheadMs = 61_000;
  await write('a', 'pwd', 'ls');
  expect(copies().toSorted()).toEqual([aliases('ls'), aliases('pwd')].toSorted());
});
