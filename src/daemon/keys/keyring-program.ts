import { Entry } from '@napi-rs/keyring';
import { assert } from '../../base/assert.ts';

/**
 * The whole program of a process that speaks to the keyring of the operating system once: `get`, `set` (the secret on
 * stdin) or `remove`, and the account. The answer goes to stdout; a fault ends it with 1 and words on stderr.
 *
 * On Linux the Secret Service is asked for by name: the library would otherwise fall back to the kernel's keyring,
 * which forgets everything at the next start of the machine, and the home with it.
 */
const service = 'sourcesync';
const [action, account] = process.argv.slice(2);
assert(account !== undefined, 'the daemon names the account');

try {
  const entry = new Entry(service, account, { linux: { store: 'secret-service' } });
  switch (action) {
    case 'get':
      process.stdout.write(entry.getPassword() ?? '');
      break;
    case 'set':
      entry.setPassword(await textOf(process.stdin));
      break;
    case 'remove':
      entry.deletePassword();
      break;
    default:
      assert(false, 'the daemon asks for one of three things');
  }
} catch (cause) {
  process.stderr.write((cause as Error).message);
  process.exitCode = 1;
}

async function textOf(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
