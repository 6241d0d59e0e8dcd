import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import { printableLines, visibleJson } from '../cli/ground/table.ts';

/** What a tool has to say: words first, then what programs read. */
export interface Said {
  readonly words: string;
  readonly data: object;
}

/** The outcome of a tool, or in words why there is none and what to do next. */
export type Outcome = Result<Said, string>;

/** The result of a call as the protocol has it. */
export interface ToolResult {
  readonly [member: string]: unknown;
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
}

/** In the text, what nobody would see or a terminal would obey stands escaped; the structured content is exact. */
export function toolResult(outcome: Outcome): ToolResult {
  if (!outcome.ok) {
    return { content: [{ type: 'text', text: printableLines(outcome.error) }], isError: true };
  }
  const { words, data } = outcome.value;
  return {
    content: [{ type: 'text', text: `${printableLines(words)}\n\n${visibleJson(data)}` }],
    structuredContent: data as JsonObject,
  };
}

/** The first characters, and no half of one. */
export function startOf(text: string, length: number): string {
  return text.length > length ? `${partOf(text, 0, length)}…` : text;
}

/** Up to `length` characters from `offset` on; a character of two halves is not cut. */
export function partOf(text: string, offset: number, length: number): string {
  const part = text.slice(offset, offset + length);
  return /[\ud800-\udbff]$/.test(part) && offset + length < text.length ? part.slice(0, -1) : part;
}
