import { createHash } from 'node:crypto';

/** The first name of every id. */
export const placeName = 'bookmarks';

export const collection = 'browser';

export type UnitKind = 'bookmark' | 'folder';

const longestPart = 100;
const longestPath = 400;

/** Ids of units are `bookmarks/kind/path`; the path of what stands in a folder goes on from the folder's. */
export function idOf(kind: UnitKind, path: string): string {
  return `${placeName}/${kind}/${path}`;
}

/** The folder's path that a record names as its parent; undefined where it names none of ours. */
export function pathOfParent(parent: string): string | undefined {
  const prefix = `${collection}/${placeName}/folder/`;
  return parent.startsWith(prefix) ? parent.slice(prefix.length) : undefined;
}

export function parentNaming(path: string): string {
  return `${collection}/${idOf('folder', path)}`;
}

/** The path of what has this title in a folder. What has none is called after where it leads to. */
export function pathOf(folder: string, title: string, url: string | undefined): string {
  const path = `${folder}/${partOf(title, url)}`;
  if (path.length <= longestPath) {
    return path;
  }
  return `${folder.slice(0, folder.indexOf('/') < 0 ? undefined : folder.indexOf('/'))}/~${shortHash(path, 32)}`;
}

/** The path of another bookmark with the same title in the same folder. */
export function pathOfNamesake(path: string, url: string): string {
  return `${path}~${shortHash(url, 12)}`;
}

/** What {@link pathOfNamesake} puts behind a path. */
export const namesake: RegExp = /~[0-9a-f]{12}$/;

/** `~` and what a disk or a system takes for something else is coded, so that it stands for what we add alone. */
function partOf(title: string, url: string | undefined): string {
  const name = isPlain.test(title) ? title : title.normalize('NFC').toWellFormed();
  if (name === '') {
    return `~${url === undefined ? '' : shortHash(url, 12)}`;
  }
  const coded = name.length > longestPart ? undefined : codedName(name);
  if (coded !== undefined && coded.length <= longestPart) {
    return coded;
  }
  const beginning = codedName(name.slice(0, longestPart / 2).toWellFormed()).slice(0, longestPart - 16);
  return `${beginning.replace(/%.?$/, '')}~${shortHash(name, 12)}`;
}

/** Of this only the spaces are coded: so are most titles, of tens of thousands. */
const isPlain = /^[\w !'()-]+$/;

function codedName(name: string): string {
  if (isPlain.test(name)) {
    const coded = name.replaceAll(' ', '%20');
    return name.length > longestDeviceName ? coded : withoutSystemNames(coded);
  }
  return withoutSystemNames(encodeURIComponent(name).replaceAll('~', '%7E').replaceAll('*', '%2A'));
}

/** Of `con`, `com1` and their like. */
const longestDeviceName = 4;

function withoutSystemNames(coded: string): string {
  return coded
    .replace(/^(?=(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))./i, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
    .replace(/\.+$/, (dots) => '%2E'.repeat(dots.length));
}

function shortHash(text: string, length: number): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, length);
}
