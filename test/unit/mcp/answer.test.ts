import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src/base/result.ts';
import { partOf, startOf, toolResult } from '../../../src/mcp/answer.ts';

describe('M6 what a tool says', () => {
  it('shows in its text what nobody would see, and holds it exactly beside', () => {
    const data = { id: 'a\u202eb\u001b[31m\u{e0041}' };
    const { content, structuredContent } = toolResult(ok({ words: 'found \u001b[2J', data }));
    expect(content[0]?.text).toBe('found \\x1b[2J\n\n{"id":"a\\u202eb\\u001b[31m\\udb40\\udc41"}');
    expect(JSON.parse(content[0]?.text.split('\n\n')[1] ?? '')).toEqual(data);
    expect(structuredContent).toEqual(data);
  });

  it('says a refusal as one', () => {
    expect(toolResult(err('no\u202e'))).toEqual({ content: [{ type: 'text', text: 'no\\x202e' }], isError: true });
  });

  it('cuts no character in two', () => {
    expect([partOf('a😀b', 0, 2), partOf('a😀b', 0, 3), partOf('a😀', 1, 2), startOf('a😀b', 2)]).toEqual([
      ...['a', 'a😀', '😀', 'a…'],
    ]);
  });
});
