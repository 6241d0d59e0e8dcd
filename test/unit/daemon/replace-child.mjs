// Replaces the key file of a folder by a sealed one, and is killed before the given file operation.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createHomeKeys, replaceKeyFile } from '../../../dist/src/daemon/keys/key-file.js';
import { sealSeeds } from '../../../dist/src/daemon/keys/key-file-format.js';

const [folder, fatal] = process.argv.slice(2);
const fill = (size) => new Uint8Array(size).fill(7);
const keys = createHomeKeys(fill);
const sealed = sealSeeds({
  ...{ seeds: keys.seeds, deviceId: keys.device.deviceId, key: fill(32), randomBytes: fill },
  protection: { kind: 'keyring', account: Buffer.alloc(16).toString('base64url') },
});

let operations = 0;
for (const name of ['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync', 'fstatSync', 'readdirSync']) {
  const whole = fs[name];
  fs[name] = (...parameters) => {
    if (operations === Number(fatal)) {
      process.kill(process.pid, 'SIGKILL');
    }
    operations += 1;
    return whole(...parameters);
  };
}
syncBuiltinESMExports();
replaceKeyFile(folder, sealed);
fs.writeFileSync(1, String(operations));
