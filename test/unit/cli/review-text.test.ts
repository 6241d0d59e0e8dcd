import { describe, expect, it } from 'vitest';
import type { DeviceListBody } from '../../../src/api/types/devices.ts';
import type { ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import { encodeChunkList } from '../../../src/contract/chunk-list.ts';
import { filled } from '../blobs/setup.ts';
import { type CliSetup, run } from './setup-cli.ts';

const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
const edited = lines.map((line, index) => (index === 5 ? 'line five' : line));
const file = (text: readonly string[], executable = false): ReviewDetailBody['live'] => ({
  body: `${text.join('\n')}\n`,
  executable,
});
const now = (value: unknown, path = ''): ReviewDetailBody['alternatives'][number] => ({
  ...{ change: null, path, by: null },
  value: (value ?? null) as string,
  deleted: value === undefined || value === null,
});
const offer = (value: unknown, path = ''): ReviewDetailBody['alternatives'][number] => ({
  ...now(value, path),
  change: 'c',
});

const item: ReviewDetailBody = {
  ...{
    engineId: 'sourceos.sync.shell',
    collection: 'shell',
    recordId: '.bashrc',
    reasonCode: 'manual_review_required',
  },
  ...{ id: 'rv_a', kind: 'proposal', version: 'v', judgement: null },
  ...{ status: 'open', author: 'urn:srcos:user:u', deviceId: 'urn:srcos:device:d', summary: 'change file .bashrc' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', live: file(lines) },
  ...{ alternatives: [], closedBy: null, merge: null, kept: [], decisions: [] },
};
const device = {
  ...{ deviceId: 'urn:srcos:device:d', label: 'desk', userId: 'urn:srcos:user:u', role: 'admin', self: true },
  ...{ revoked: false, lastSeenAt: null, scopes: [] },
};

async function shown(review: Partial<ReviewDetailBody>, look: CliSetup['look'] = {}): Promise<string> {
  const client: CliSetup['client'] = {
    review: async () => ok({ ...item, ...review }),
    devices: async () => ok({ items: [device] }),
  };
  const { out, exitCode } = await run({ client, look }, 'reviews', 'show', 'rv_a');
  expect(exitCode).toBe(0);
  return out.join('\n');
}

const ofText = async (before: string, after: string, look: CliSetup['look'] = {}): Promise<string> =>
  shown({ live: { body: before }, alternatives: [now({ body: before }), offer({ body: after })] }, look);

describe('reviews show', () => {
  it.each([
    ['its text alone', {}, /^\+\+\+ desk\n\+ one\n\+ two\n\n/m],
    ['that it may run as well', { executable: true }, /^executable:\n\+ true\nbody:\n\+ one/m],
    ['another name than it goes by', { name: 'other' }, /^body:\n\+ one\n\+ two\nname:\n\+ other/m],
  ])('of a file that is new says %s', async (_what, more, expected) => {
    const value = { kind: 'file', name: '.bashrc', path: '.bashrc', body: 'one\ntwo\n', ...more };
    const text = await shown({ live: null, alternatives: [now(null), offer(value)] });
    expect(text).toMatch(expected);
    expect(text).not.toContain('kind:');
  });

  it('tells large files apart by size and hash, and not by the lists of their chunks', async () => {
    const listed = (sizeBytes: number): string => {
      const chunk = { id: filled(1), address: filled(2), sizeBytes };
      const list = encodeChunkList({ keyEpoch: 1, sizeBytes, sha256: filled(sizeBytes % 7), chunks: [chunk] });
      return Buffer.from(list).toString('base64');
    };
    const [mine, theirs] = [listed(300_000), listed(400_000)];
    const text = await shown({ kind: 'conflict', alternatives: [now(mine, '/chunked'), offer(theirs, '/chunked')] });
    expect(text).toContain('a large file: 293 KiB, SHA-256 0101');
    expect(text).toContain('a large file: 391 KiB');
    expect(text).not.toContain(mine.slice(0, 12));
  });

  it('says what, whose, when, from where and why, and what each decision takes', async () => {
    const text = await shown({
      summary: 'change alias ll: ll runs another program',
      judgement: { level: 'dangerous', words: 'll runs another program' },
      alternatives: [now(file(lines)), offer(file(edited))],
    });
    expect(text).toMatch(/^change alias ll\n {2}\.bashrc of shell\n {2}by you on desk, \d+ days ago \(20\d\d-/);
    expect(text).toContain('\n  waits: ll runs another program\n');
    expect(text).toContain('--- live here\n+++ desk\n');
    expect(text).toMatch(/^accept +takes \+, from desk$/m);
    expect(text).toMatch(/^reject +keeps -, what is live here$/m);
  });

  it('shows the changed lines of a text with what stands around them, and other fields by name', async () => {
    const text = await shown({ alternatives: [now(file(lines)), offer(file(edited, true))] });
    expect(text).toContain('executable:\n- false\n+ true\nbody:\n@@ -3,7 +3,7 @@\n  line 2');
    expect(text).toContain('- line 5\n+ line five\n  line 6');
    expect(text).not.toContain('line 11');
  });

  it('marks the changed words where the terminal has colours', async () => {
    const text = await ofText("alias ls='ls -l'", "alias ls='ls -lh'", { colour: true });
    expect(text).toContain("\u001b[31m- \u001b[0m\u001b[31malias ls='ls -\u001b[0m\u001b[31;7ml\u001b[0m");
    expect(text).toContain('\u001b[32;7mlh\u001b[0m');
  });

  it.each([
    [
      'a word in a long line',
      'one two three four five six seven',
      'one two three 4 five six seven',
      '~ one two three [-four-]{+4+} five six seven',
    ],
    ['letters beyond ASCII', 'straße ist schön', 'straße ist grün', '- straße ist schön\n+ straße ist grün'],
    ['two lines of one', 'a b c', 'a b c\nd', '  a b c\n+ d'],
    ['the end of the last line', 'a\n', 'a', '\\ + does not end its last line'],
    ['an empty line', 'a\n\nb\n', 'a\nb\n', '  a\n-\n  b'],
  ])('%s', async (_, before, after, expected) => {
    expect(await ofText(before, after, { columns: 30 })).toContain(expected);
  });

  it('says of an agent what it could use by it and cannot by what is live', async () => {
    const widened = ['the tool Bash is new', 'tool:a\u001b[2J said deny and is gone'];
    const text = await shown({ alternatives: [now(file(lines)), { ...offer(file(edited)), widened }] });
    expect(text).toContain('widened: the tool Bash is new\nwidened: tool:a\\x1b[2J said deny and is gone');
  });

  it('of a conflict about one field compares that field, and says that accept keeps what is live', async () => {
    const text = await shown({ kind: 'conflict', alternatives: [now('a b', '/body'), offer('a c', '/body')] });
    expect(text).toContain('--- live here\n+++ the other version\nbody:\n- a b\n+ a c');
    expect(text).toMatch(/^accept +keeps -/m);
    expect(text).toMatch(/^reject +takes \+ instead$/m);
  });

  it('names each version of a conflict by the device that wrote it, and says whose each decision takes', async () => {
    const by = (deviceId: string): NonNullable<ReviewDetailBody['alternatives'][number]['by']> => ({
      ...{ author: item.author, at: item.createdAt },
      deviceId,
    });
    const live = { ...now('B', '/body'), by: by('urn:srcos:device:b') };
    const other = { ...offer('A', '/body'), by: by('urn:srcos:device:d') };
    const devices = async (): Promise<Result<DeviceListBody, never>> =>
      ok({ items: [device, { ...device, deviceId: 'urn:srcos:device:b', label: 'laptop', self: false }] });
    // The item itself names the latest of the two, which here is the live one.
    const review: ReviewDetailBody = {
      ...item,
      kind: 'conflict',
      deviceId: 'urn:srcos:device:b',
      alternatives: [live, other],
    };
    const client: CliSetup['client'] = { review: async () => ok(review), devices };
    const text = (await run({ client }, 'reviews', 'show', 'rv_a')).out.join('\n');
    expect(text).toMatch(/^ {2}by you on laptop, .*\n {2}by you on desk, /m);
    expect(text).toContain('--- live here, from laptop\n+++ desk\nbody:\n- B\n+ A');
    expect(text).toMatch(/^accept +keeps -, what is live here, from laptop$/m);
    expect(text).toMatch(/^reject +takes \+, from desk, instead$/m);
    const removed = { ...other, value: null, deleted: true };
    client.review = async () => ok({ ...review, alternatives: [live, removed, { ...other, by: null }] });
    const deletion = (await run({ client }, 'reviews', 'show', 'rv_a')).out.join('\n');
    expect(deletion).toContain('+++ deleted by desk (1 of 2)');
    expect(deletion).toContain('+++ the other version (2 of 2)');
    expect(deletion).toMatch(/^reject +deletes it, as \+, the first of them, from desk, instead$/m);
  });

  it('says what is new, what would be deleted, and what is no difference', async () => {
    const added = await shown({ live: null, alternatives: [now(null), offer(file(['a']))] });
    expect(added).toContain('--- nothing here\n+++ desk\nexecutable:\n+ false\nbody:\n+ a');
    expect(added).toMatch(/^accept +adds it here/m);
    const removed = await shown({ alternatives: [now(file(lines)), offer(null)] });
    expect(removed).toContain('+++ deleted by desk\nexecutable:\n- false\nbody:\n- line 0\n- line 1\n');
    expect(removed).toMatch(/^accept +deletes it here$/m);
    expect(await shown({ alternatives: [now(file(lines)), offer(file(lines))] })).toContain('it is live already');
  });

  it('shows what a merge would make beside what accept takes, and names what contradicts', async () => {
    const [base, proposed] = [file(lines) as object, file(edited) as object] as ReviewDetailBody['live'][];
    const live = file([...lines, 'mine']);
    const alternatives = [now(live), offer(proposed)];
    const clean = { base, proposed, merged: file([...edited, 'mine']), conflicts: [] } as ReviewDetailBody['merge'];
    expect(await shown({ live, alternatives, merge: clean })).toMatch(
      /Both sides together:\n@@ .*\n(?:.*\n){3}- line 5\n/,
    );
    const torn = { base, proposed, merged: live, conflicts: ['/body'] } as ReviewDetailBody['merge'];
    const text = await shown({ live, alternatives, merge: torn });
    expect(text).toContain('opens both in your editor: both sides changed body');
    expect(text).toMatch(/^keep-both +keeps -/m);
  });

  it('of a decided item says how, by whom and how it is opened again', async () => {
    const closedBy = {
      change: 'c',
      author: 'urn:srcos:agent:helper',
      deviceId: 'urn:srcos:device:x',
      at: item.createdAt,
    };
    const text = await shown({
      status: 'kept_both',
      closedBy,
      alternatives: [now({ body: 'a' }), offer({ body: 'b' })],
    });
    expect(text).toContain('It is decided: kept both by agent helper on device ...device:x');
    expect(text).toContain('sourcesync reviews undo rv_a');
  });

  it('names the records of a mass change', async () => {
    const value = { record: 'a/b.md', collection: 'notes', effect: 'removed', summary: 'note b' };
    const text = await shown({
      kind: 'brake',
      live: null,
      recordId: '*',
      alternatives: [{ ...offer(value), deleted: true }],
    });
    expect(text).toContain('\nremoved  a/b.md  note b');
    expect(text).toContain('\n  all of shell\n');
  });

  it('lets no text reach the terminal as a command, with colours or without', async () => {
    const value = { body: 'one\n\u001b]0;owned\u0007\n\u202egnp\n', '\u001b[2J': 1 };
    for (const colour of [false, true]) {
      const text = await shown(
        { summary: 'change \u001b[2J', alternatives: [now(file(lines)), offer(value)] },
        { colour },
      );
      expect(text).toContain('\\x1b]0;owned');
      expect(text).toContain('change \\x1b[2J');
      // oxlint-disable-next-line no-control-regex
      expect(text.replace(/\u001b\[[\d;]*m/g, '')).not.toMatch(/[\u001b\u0007\u202e]/);
    }
  });

  it('writes ASCII alone where the terminal has no UTF-8', async () => {
    const text = await ofText('grün', 'blau ☃', { isUnicode: false });
    expect(text).toContain('- gr\\u{fc}n\n+ blau \\u{2603}');
    expect(text).toMatch(/^[\n -~]*$/);
  });

  it('keeps its own words within 40 columns', async () => {
    const text = await shown(
      { summary: 'change file .bashrc: it is one of many files', alternatives: [now(file(['a'])), offer(file(['b']))] },
      { columns: 40 },
    );
    expect(text.split('\n').filter((line) => line.length > 40)).toEqual([]);
  });

  it('compares long texts in bounded time, also where they share nothing', async () => {
    const long = (word: string): string => Array.from({ length: 20_000 }, (_, n) => `${word} ${n}`).join('\n');
    const text = await ofText(long('a'), long('b'));
    expect(text).toContain('- a 0\n');
    expect(text).toContain('+ b 19999');
    // Without bounds either would take many times as long as any test may.
    expect(await ofText('word '.repeat(200_000), 'sword '.repeat(200_000))).toContain('+ sword');
  });
});
