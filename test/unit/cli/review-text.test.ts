import { describe, expect, it } from 'vitest';
import type { ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import { run } from './setup-cli.ts';

const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
const edited = lines.map((line, index) => (index === 5 ? 'line five' : line));
const file = (text: readonly string[], executable = false): object => ({ body: `${text.join('\n')}\n`, executable });

async function shown(review: object): Promise<string> {
  const { out, exitCode } = await run(
    {
      client: {
        review: async () => ({
          ok: true,
          value: { ...item, ...review } as ReviewDetailBody,
        }),
      },
    },
    'reviews',
    'show',
    'rv_a',
  );
  expect(exitCode).toBe(0);
  return out.join('\n');
}

const item = {
  ...{
    engineId: 'sourceos.sync.shell',
    collection: 'shell',
    recordId: '.bashrc',
    reasonCode: 'manual_review_required',
  },
  ...{ id: 'rv_a', kind: 'proposal' },
  ...{ status: 'open', author: 'urn:u', deviceId: 'urn:d', createdAt: 'T1', summary: 'file .bashrc' },
  ...{ live: file(lines), alternatives: [], closedBy: null, merge: null, kept: [], decisions: [] },
};

describe('reviews show', () => {
  it('shows the changed lines of a text with what stands around them, and other fields by name', async () => {
    const value = file(edited, true);
    const text = await shown({ alternatives: [{ change: 'c', path: '', value, deleted: false }] });
    expect(text).toContain('accept makes this of what is live:\n/body:\n@@ -3,7 +3,7 @@\n  line 2');
    expect(text).toContain('- line 5\n+ line five\n  line 6');
    expect(text).toContain('- /executable: false\n+ /executable: true');
    expect(text).not.toContain('line 11');
  });

  it('says of an agent what it could use by it and cannot by what is live', async () => {
    const widened = ['the tool Bash is new', 'tool:a\u001b[2J said deny and is gone'];
    const text = await shown({
      alternatives: [{ change: 'c', path: '', value: file(edited), deleted: false, widened }],
    });
    expect(text).toContain('widened: the tool Bash is new\nwidened: tool:a\\x1b[2J said deny and is gone');
  });

  it('of a conflict about one field compares that field', async () => {
    const { body: value } = file(edited) as { body: string };
    const text = await shown({
      kind: 'conflict',
      alternatives: [{ change: 'c', path: '/body', value, deleted: false }],
    });
    expect(text).toContain('accept makes this of what is live of /body:\n@@ -3,7 +3,7 @@');
  });

  it('says what is new, what would be deleted, and what is no difference', async () => {
    const value = file(['a']);
    expect(await shown({ live: null, alternatives: [{ change: 'c', path: '', value, deleted: false }] })).toContain(
      'accept makes this live, where nothing is now:\n{',
    );
    expect(await shown({ alternatives: [{ change: 'c', path: '', value: null, deleted: true }] })).toContain(
      'accept makes it deleted; live is:\n{',
    );
    expect(await shown({ alternatives: [{ change: 'c', path: '', value: file(lines), deleted: false }] })).toContain(
      'it is live already',
    );
  });

  it('leaves out what is live, and does not show twice what is offered', async () => {
    const value = file(edited);
    const text = await shown({
      alternatives: [
        { change: null, path: '', value: file(lines), deleted: false },
        { change: 'c', path: '', value, deleted: false },
      ],
      kept: [
        { change: 'c', disposition: 'proposed', at: 'T2', deviceId: 'urn:d', author: 'urn:u', value, fields: value },
      ],
    });
    expect(text).not.toContain('live already');
    expect(text).not.toContain('kept and not live');
  });

  it('names the records of a mass change', async () => {
    const value = { record: 'a/b.md', collection: 'notes', effect: 'removed', summary: 'note b' };
    const text = await shown({
      kind: 'brake',
      live: null,
      alternatives: [{ change: 'c', path: '', value, deleted: true }],
    });
    expect(text).toContain('\nremoved  a/b.md  note b');
  });

  it('lets no text reach the terminal as a command', async () => {
    const value = { body: 'one\n\u001b]0;owned\u0007\n\u202egnp\n', '\u001b[2J': 1 };
    const text = await shown({ alternatives: [{ change: 'c', path: '', value, deleted: false }] });
    expect(text).toContain('\\x1b]0;owned');
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('shows two texts that share nothing whole, however long they are', async () => {
    const long = (word: string): string => Array.from({ length: 5_000 }, (_, n) => `${word} ${n}`).join('\n');
    const text = await shown({
      live: { body: long('a') },
      alternatives: [{ change: 'c', path: '', value: { body: long('b') }, deleted: false }],
    });
    expect(text).toContain('- /body: "a 0');
    expect(text).toContain('+ /body: "b 0');
  });
});
