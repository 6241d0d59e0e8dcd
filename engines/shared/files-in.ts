import { readdirSync } from 'node:fs';

/** The files of a folder whose names fit, by name; none where it cannot be read. Copies that editors leave are none. */
export function filesIn(folder: string, fits: RegExp): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) => (entry.isFile() || entry.isSymbolicLink()) && fits.test(entry.name) && !leftover.test(entry.name),
      )
      .map(({ name }) => `${folder}/${name}`)
      .sort();
  } catch {
    return [];
  }
}

const leftover = /^[.#]|~$|\.(?:bak|orig|old|save|swp|tmp|rej|dpkg-\w+|rpm\w+)$/;
