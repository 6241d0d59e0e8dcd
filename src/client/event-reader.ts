import type { EventBody } from '../api/types/events.ts';

/** Reads server-sent events from text as it comes, cut anywhere. What is no event, as a comment, is left out. */
export function createEventReader(): (text: string) => readonly EventBody[] {
  let rest = '';
  return (text) => {
    const blocks = `${rest}${text}`.split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const type = field(block, 'event');
      const id = field(block, 'id');
      const data = field(block, 'data');
      return type === undefined || data === undefined
        ? []
        : [{ id: id === undefined ? null : Number(id), type, data: JSON.parse(data) } as EventBody];
    });
  };
}

function field(block: string, name: string): string | undefined {
  const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}
