import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codecReader } from '../../src/sources/places/text-reader.ts';
import { readerBySize } from '../../src/daemon/links/place-reading.ts';
import { createPlaceThread } from '../../src/daemon/links/place-thread.ts';
import { readline } from '../../engines/shell/places/readline.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { temporaryFolder } from '../unit/daemon/temporary-folder.ts';

const surroundings = { home: '/home/me', environment: {} };
const where = { place: 'readline', surroundings };
const text = 'set bell-style none\nset editing-mode vi\n# /home/me\nset history-size /home/me\n';
const read = { ...where, kind: 'read', text, path: '/x' } as const;

/** A thread whose program is this text. */
function threadOf(program: string, deadlineMs: number, idleMs = 60_000) {
  const path = join(temporaryFolder(), 'program.mjs');
  writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${program}`);
  return createPlaceThread({ program: path, deadlineMs, idleMs });
}

describe('the thread of the places', () => {
  it('P18 takes apart, answers about what stays, and changes as the codec itself does', async () => {
    const thread = createPlaceThread();
    const codec = await readline.open(surroundings);
    const here = codecReader(codec);
    const padded = text + '#\n'.repeat(16 * 1024);
    const there = readerBySize(
      { read: async () => Promise.reject(), next: async () => Promise.reject() },
      thread,
      where,
    );
    const [ofHere, ofThere] = [await here.read(padded, '/x'), await there.read(padded, '/x')];
    expect(ofThere).toMatchObject({ ok: true, value: { units: ofHere.ok && ofHere.value.units } });
    const ids = ['readline/option/history-size', 'readline/option/unknown'];
    expect(ofThere.ok && (await ofThere.value.asides?.(ids))).toEqual(ofHere.ok && (await ofHere.value.asides?.(ids)));
    const change = [padded, 'readline/option/bell-style', utf8('set bell-style audible'), '/x'] as const;
    expect(await there.next(...change)).toEqual(await here.next(...change));
    await thread.end();
  });

  it('P18 small texts are taken apart where they stand', async () => {
    const thread = threadOf('process.exit(3);', 30_000);
    const reader = readerBySize(codecReader(await readline.open(surroundings)), thread, where);
    expect(await reader.read(text, '/x')).toMatchObject({ ok: true });
    expect(await reader.read(text.repeat(500), '/x')).toMatchObject({ ok: false });
  });

  it('P18 one that ends says so, and the next question starts another', async () => {
    const thread = threadOf(
      "parentPort.on('message', ({ text }) => { if (text) process.exit(3); parentPort.postMessage({ ok: true }); });",
      30_000,
    );
    expect(await thread.ask(read)).toEqual({ ok: false, error: 'What reads it ended before it answered.' });
    expect(await thread.ask({ ...read, text: '' })).toEqual({ ok: true });
    await thread.end();
  });

  it('P18 one that throws says what', async () => {
    const thread = threadOf("parentPort.on('message', () => { throw new Error('no memory'); });", 30_000);
    expect(await thread.ask(read)).toEqual({ ok: false, error: 'What reads it ended: no memory.' });
  });

  it('P18 one that does not answer in time is ended', async () => {
    const thread = threadOf("parentPort.on('message', () => { for (;;); });", 200);
    expect(await thread.ask(read)).toEqual({
      ok: false,
      error: 'What reads it took more than 0.2 seconds, and was ended.',
    });
  });

  it('P18 questions wait for each other, and an idle one is ended', async () => {
    const counting = "let n = 0; parentPort.on('message', () => parentPort.postMessage({ ok: true, value: ++n }));";
    const thread = threadOf(counting, 30_000, 1);
    const both = await Promise.all([thread.ask(read), thread.ask(read)]);
    expect(both).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ]);
    await expect.poll(async () => thread.ask(read)).toEqual({ ok: true, value: 1 });
  });
});
