export interface HeardEvent {
  readonly id: string | undefined;
  readonly type: string;
}

/** Reads server-sent events from text as it comes, cut anywhere; what an event says beside its type is not looked at. */
export function createEventReader(): (text: string) => readonly HeardEvent[] {
  let rest = '';
  return (text) => {
    const blocks = `${rest}${text}`.split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const type = field(block, 'event');
      return type === undefined ? [] : [{ id: field(block, 'id'), type }];
    });
  };
}

function field(block: string, name: string): string | undefined {
  const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}
