import { join } from 'node:path';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { type ConfigSetting, settingsOf } from './config-lines.ts';
import { textAt } from './git-folder.ts';
import { type RemoteAddress, remoteAddress } from './remote-address.ts';

/** What git takes for what stands at the beginning of an address: `gh:` for `https://github.com/`. */
export interface Abbreviation {
  readonly short: string;
  readonly long: string;
}

export function abbreviationsIn(settings: readonly ConfigSetting[]): readonly Abbreviation[] {
  return settings.flatMap(({ section, part, key, value }) =>
    section === 'url' && key === 'insteadof' && value !== '' ? [{ short: value, long: part }] : [],
  );
}

/** Those of the person, in the order in which git reads them. What their files include is not followed. */
export async function ownAbbreviations(surroundings: PlaceSurroundings): Promise<readonly Abbreviation[]> {
  const named = surroundings.environment['GIT_CONFIG_GLOBAL'];
  const paths = named
    ? [named]
    : [join(settingsFolder(surroundings), 'git/config'), join(surroundings.home, '.gitconfig')];
  const texts = await Promise.all(paths.map(textAt));
  return texts.flatMap((text) => (text === undefined ? [] : abbreviationsIn(settingsOf(text))));
}

/**
 * The address that is meant. Where it names a host of the world it stays as it is written, though git on this machine goes
 * by another way: that is this machine's alone. An abbreviation says nothing elsewhere, and is written out; of several the
 * longest counts, of two of one length the first, as git has it.
 */
export function addressMeant(written: string, abbreviations: readonly Abbreviation[]): RemoteAddress | undefined {
  const address = remoteAddress(written);
  if (address !== undefined && /[.:[]/.test(address.host)) {
    return address;
  }
  const [longest] = abbreviations
    .filter(({ short }) => written.startsWith(short))
    .sort((left, right) => right.short.length - left.short.length);
  return longest === undefined ? address : remoteAddress(longest.long + written.slice(longest.short.length));
}
