import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { exactLines } from '../../../src/mcp/exact-lines.ts';
import { longestLineBytes } from '../../../src/mcp/limits.ts';

const call = '{"jsonrpc":"2.0","id":2,"method":"ping"}';

async function through(...chunks: readonly (string | Buffer)[]): Promise<{ passed: string; refused: object[] }> {
  const refused: object[] = [];
  const lines = exactLines((answer) => refused.push(answer));
  const input = new PassThrough();
  input.pipe(lines);
  for (const chunk of chunks) {
    input.write(chunk);
  }
  input.end();
  const passed: Buffer[] = [];
  for await (const part of lines) {
    passed.push(part as Buffer);
  }
  return { passed: Buffer.concat(passed).toString('utf8'), refused };
}

describe('M5 lines of input', () => {
  it.each<[title: string, line: string | Buffer, id: unknown, words: RegExp]>([
    ['no JSON', '{"id":1,', null, /not JSON/],
    ['a number that would be rounded', '{"id":7,"n":9007199254740993}', 7, /\/n .*2\^53/],
    ['a key that stands twice', '{"id":"a","x":1,"x":2}', 'a', /second time/],
    ['a prototype', '{"id":1,"__proto__":{}}', 1, /__proto__/],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), null, /UTF-8/],
    ['nested too deep', `${'['.repeat(70_000)}`, null, /nested deeper|not JSON/],
    ['too long', `"${'x'.repeat(longestLineBytes)}"`, null, /longer than/],
  ])('%s is answered with its id, and the next line counts', async (_title, line, id, words) => {
    const { passed, refused } = await through(line, '\n', call, '\n');
    expect(passed).toBe(`${call}\n`);
    expect(refused).toMatchObject([
      { jsonrpc: '2.0', id, error: { code: -32700, message: expect.stringMatching(words) } },
    ]);
  });

  it('come in whatever pieces, with empty ones between', async () => {
    const { passed, refused } = await through(call.slice(0, 9), call.slice(9), '\n\r\n', `${call}\n${call}`, '\n');
    expect([passed, refused]).toEqual([`${call}\n${call}\n${call}\n`, []]);
  });

  it('a last one that was not ended is no message', async () => {
    expect(await through(call)).toEqual({ passed: '', refused: [] });
  });
});
