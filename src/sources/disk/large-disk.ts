import { constants, readdirSync } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok } from '../../base/result.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import type { LargeDisk, OpenedFile, PartFile } from './large-disk-port.ts';
import type { HeldRoot } from './held-root.ts';
import { isReallyAt, openFolder } from './open-folder.ts';
import { fileLookOf, readFlags } from './read-file.ts';
import { markFolder } from './root-mark.ts';
import { removeQuietly } from './sweep-temporary.ts';

const partFlags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
const partSuffix = '.part';

/** Large files of a root, read and written piece by piece; what is not whole yet lies beside the mark of the root. */
export function createLargeDisk(root: HeldRoot): LargeDisk {
  return {
    async open(path) {
      let file: FileHandle | undefined;
      try {
        file = await open(join(root.path, path), readFlags);
        if (isReallyAt(file.fd, root, path)) {
          return ok(await openedFile(file, root, path));
        }
        await file.close();
        return err('root_replaced');
      } catch (error) {
        await file?.close();
        return err(problemCodeOf(errnoOf(error), false));
      }
    },
    async part(name) {
      const opened = openFolder(root, markFolder, true);
      if (!opened.ok || opened.value === undefined) {
        return err(opened.ok ? 'root_replaced' : opened.error);
      }
      try {
        return ok(await partFile(await open(opened.value.base + partNameOf(name), partFlags, 0o600)));
      } catch (error) {
        return err(problemCodeOf(errnoOf(error), true));
      } finally {
        opened.value.close();
      }
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(root.path);
      return bavail * bsize;
    },
    sweepParts(wanted) {
      const opened = openFolder(root, markFolder, false);
      if (!opened.ok || opened.value === undefined) {
        return;
      }
      const { base, close } = opened.value;
      try {
        readdirSync(base)
          .filter((name) => name.endsWith(partSuffix) && !wanted.has(name.slice(0, -partSuffix.length)))
          .forEach((name) => removeQuietly(base + name));
      } catch {
        // A folder that cannot be listed is swept another time.
      } finally {
        close();
      }
    },
  };
}

export function partNameOf(name: string): string {
  return `${name}${partSuffix}`;
}

async function openedFile(file: FileHandle, root: HeldRoot, path: string): Promise<OpenedFile> {
  const look = fileLookOf(await file.stat({ bigint: true }));
  return {
    look,
    read: (offset, into) => readFully(file, offset, into),
    isSteady: async () =>
      isReallyAt(file.fd, root, path) && fileLookOf(await file.stat({ bigint: true })).identity === look.identity,
    close: () => file.close(),
  };
}

async function partFile(file: FileHandle): Promise<PartFile> {
  const { size } = await file.stat();
  return {
    sizeBytes: size,
    read: (offset, into) => readFully(file, offset, into),
    async write(offset, bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    },
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** As much as there is, up to the size of `into`. */
async function readFully(file: FileHandle, offset: number, into: Uint8Array): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length, offset + length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return length;
}
