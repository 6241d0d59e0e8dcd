import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { decodeChunkList } from '../../contract/chunk-list.ts';
import { bytesFromBase64 } from './base64.ts';

/** Member that holds, in base64, the list of the chunks of a large file. */
export const chunkField = 'chunked';

/** Why what stands there is no list of chunks, in words; undefined where it is one, or nothing claims to be one. */
export function faultOfChunks(content: JsonValue | undefined): string | undefined {
  const listed = isJsonObject(content) ? content[chunkField] : undefined;
  if (typeof listed !== 'string') {
    return undefined;
  }
  const bytes = bytesFromBase64(listed);
  const list = bytes && decodeChunkList(bytes);
  return list?.ok === true ? undefined : `${chunkField}: ${list?.error ?? 'it is no base64'}`;
}
