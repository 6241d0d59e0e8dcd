import { hexFromBytes } from '../../base/bytes.ts';
import { sizeInWords } from '../ground/quantity.ts';
import { decodeChunkList } from '../../contract/chunk-list.ts';

/** How every list of chunks begins in base64. */
const beginning = 'U1JC';

/** What a person is shown of a large file where its list of chunks stands; undefined for any other text. */
export function largeFileWords(text: string): string | undefined {
  const list = text.startsWith(beginning) ? decodeChunkList(Buffer.from(text, 'base64')) : undefined;
  return list?.ok === true
    ? `a large file: ${sizeInWords(list.value.sizeBytes)}, SHA-256 ${hexFromBytes(list.value.sha256).slice(0, 16)}...`
    : undefined;
}
