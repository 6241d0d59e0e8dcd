import { messageBatches, messageBytes } from '../wire/limits.ts';

/** Consecutive batches, gathered into messages of bounded size; what follows a gap is left out. */
export function messagesOf<B extends { readonly sequence: number; readonly bytes: Uint8Array }>(
  batches: readonly B[],
): readonly (readonly B[])[] {
  const messages: B[][] = [];
  let sizeBytes = 0;
  let last: B | undefined;
  for (const batch of batches) {
    if (last !== undefined && batch.sequence !== last.sequence + 1) {
      break;
    }
    const open = messages.at(-1);
    if (open === undefined || open.length === messageBatches || sizeBytes + batch.bytes.length > messageBytes) {
      messages.push([batch]);
      sizeBytes = batch.bytes.length;
    } else {
      open.push(batch);
      sizeBytes += batch.bytes.length;
    }
    last = batch;
  }
  return messages;
}
