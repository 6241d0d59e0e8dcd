// Writes a line and a file of an export, says so, and waits to be ended.
import { writeExport } from '../../../../dist/src/daemon/transfer/write-export.js';

await writeExport(process.argv[2], async (target) => {
  target.line('{}');
  target.file('notes/one.md', { bytes: new Uint8Array(8), executable: false });
  process.stdout.write('written\n');
  setInterval(() => undefined, 1000);
  await new Promise(() => undefined);
});
