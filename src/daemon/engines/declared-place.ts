import type { DeclaredPlace } from '../../contract/manifest.ts';
import { shippedPlaces } from './engine-modules.ts';

/** Folders below which a script of others reads nothing, by their names. */
const closedFolders = /(?:^|\/)(?:\.ssh|\.gnupg|\.aws|\.kube|\.password-store|keyrings|sourcesync)(?:\/|$)/i;

/** In words why a place that a manifest declares is not followed. */
export function faultOfPlace({ name, file }: DeclaredPlace): string | undefined {
  if (shippedPlaces.some((place) => place.name === name)) {
    return 'a place that ships is called so. Call it otherwise.';
  }
  const names = file.slice(2).split('/');
  if (names.some((one) => one === '' || one === '.' || one === '..') || /[\\\p{Cc}]/u.test(file)) {
    return `${JSON.stringify(file)} is no plain path below the home folder. Write ~/NAME.`;
  }
  return closedFolders.test(file) ? `${file} is where keys lie. Choose another file.` : undefined;
}
