import { randomBytes } from 'node:crypto';

/** One way in which programs put a text into a file: what happens in the folder differs, the file in the end does not. */
export interface Editor {
  readonly name: string;
  save(path: string, bytes: Uint8Array): Promise<void>;
}

/** A part of a temporary name. It never matters, so it need not follow from the seed. */
export function unlikelyName(): string {
  return randomBytes(4).toString('hex').slice(0, 6);
}
