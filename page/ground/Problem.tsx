import type { JSX } from 'preact';
import { shown } from './words.ts';

/** Why something could not be done or read, where it could not. */
export function Problem({ words }: { readonly words: string | undefined }): JSX.Element | null {
  return words === undefined ? null : (
    <p class="problem" role="alert">
      {shown(words)}
    </p>
  );
}
