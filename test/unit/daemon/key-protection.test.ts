import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import { encodeKeyFile, openSeeds, parseKeyFile, sealSeeds } from '../../../src/daemon/keys/key-file-format.ts';
import { createHomeKeys, readKeyFile, writeKeyFile } from '../../../src/daemon/keys/key-file.ts';
import {
  type WantedProtection,
  changeProtection,
  openKeyFile,
  protectionOf,
  sealKeys,
} from '../../../src/daemon/keys/key-protection.ts';
import { type Keyring, createKeyring } from '../../../src/daemon/keys/keyring.ts';
import { type Passphrase, parsePassphrase } from '../../../src/daemon/keys/passphrase.ts';
import { itDeep } from '../../helpers/suite.ts';
import { createRandom } from '../../simulation/random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const keys = createHomeKeys(createRandom(1, 'keys').bytes);
const { deviceId } = keys.device;
const { bytes: randomBytes } = createRandom(2, 'protection');
const silent = createKeyring({ PATH: process.env['PATH'] });
const real = createKeyring(process.env, 5000);
const realAnswers = (await real.get('sourcesync-probe')).ok;
const right = passphrase('correct horse battery staple');
const cost = { memoryBytes: 64 * 1024 * 1024, operations: 3 };
// A file whose key is known, so that most tests need no Argon2id.
const key = randomBytes(32);
const protection = { kind: 'passphrase', ...cost, salt: randomBytes(16) } as const;
const sealedFile = sealSeeds({ seeds: keys.seeds, deviceId, protection, key, randomBytes });
const sealedText = encodeKeyFile(sealedFile);

function passphrase(text: string): Passphrase {
  const parsed = parsePassphrase(text);
  if (parsed === undefined) {
    throw new Error('believed: the test writes a passphrase');
  }
  return parsed;
}

/** A key file as JSON, with some of its members changed. */
function altered(change: JsonObject, changeOfProtection: JsonObject = {}): string {
  const whole = JSON.parse(sealedText) as JsonObject;
  const told = { ...(whole['protection'] as JsonObject), ...changeOfProtection };
  return `${canonicalText({ ...whole, protection: told, ...change })}\n`;
}

/** Whether this key still opens a text. */
function opens(text: string): boolean {
  const parsed = parseKeyFile(text);
  return parsed.ok && parsed.value.kind === 'sealed' && openSeeds(parsed.value, key) !== undefined;
}

describe('2 a sealed key file', () => {
  it('is read back as it was written and opens with its key', () => {
    expect(parseKeyFile(sealedText)).toEqual(ok(sealedFile));
    expect(openSeeds(sealedFile, key)).toEqual(keys.seeds);
    const account = Buffer.alloc(16, 7).toString('base64url');
    const byKeyring = sealSeeds({
      ...{ seeds: keys.seeds, deviceId, key, randomBytes },
      protection: { kind: 'keyring', account },
    });
    expect(parseKeyFile(encodeKeyFile(byKeyring))).toEqual(ok(byKeyring));
    expect(openSeeds(byKeyring, key)).toEqual(keys.seeds);
  });

  it('says nothing of the keys in it', () => {
    for (const seed of Object.values(keys.seeds)) {
      expect(sealedText).not.toContain(Buffer.from(seed).toString('base64url').slice(2, -2));
    }
  });

  it.each<[string, JsonObject]>([
    ['less memory', { memoryBytes: 64 * 1024 * 1024 - 1024 }],
    ['hardly any memory', { memoryBytes: 8192 }],
    ['no memory', { memoryBytes: 0 }],
    ['fewer passes', { operations: 2 }],
    ['no pass', { operations: 0 }],
    ['more memory than any honest file', { memoryBytes: 256 * 1024 * 1024 + 1024 }],
    ['all memory there is', { memoryBytes: Number.MAX_SAFE_INTEGER }],
    ['more passes than any honest file', { operations: 9 }],
    ['memory that is no whole kibibyte', { memoryBytes: 64 * 1024 * 1024 + 1 }],
  ])('3, 49 with other Argon2id parameters is refused before any work: %s', (_what, change) => {
    expect(parseKeyFile(altered({}, change))).toEqual({ ok: false, error: 'weakened' });
  });

  it('49 with lowered Argon2id parameters: the home says that the file was altered', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'device.json'), altered({}, { operations: 1 }), { mode: 0o600 });
    expect(readKeyFile(folder)).toMatchObject({
      ok: false,
      error: { kind: 'weakened', message: expect.stringContaining('altered') },
    });
  });

  it.each<[string, string]>([
    ['more work, within the caps', altered({}, { operations: 4 })],
    ['another salt', altered({}, { salt: Buffer.alloc(16, 1).toString('base64url') })],
    ['another device', altered({ deviceId: createHomeKeys(randomBytes).device.deviceId })],
    ['another nonce', altered({ nonce: Buffer.alloc(24, 1).toString('base64url') })],
    [
      'a passphrase made a keyring',
      altered({ protection: { kind: 'keyring', account: Buffer.alloc(16).toString('base64url') } }),
    ],
  ])('49 %s: parses, and does not open', (_what, text) => {
    expect(parseKeyFile(text).ok).toBe(true);
    expect(opens(text)).toBe(false);
  });

  it.each<[string, string, string]>([
    ['a later version', altered({ version: 3 }), 'version_unknown'],
    ['version 1 of other content', altered({ version: 1 }), 'damaged'],
    ['a version that is no number', altered({ version: '2' }), 'damaged'],
    ['an unknown algorithm', altered({}, { algorithm: 'argon2i13' }), 'damaged'],
    ['an unknown protection', altered({}, { kind: 'none' }), 'damaged'],
    ['a surplus member', altered({ more: 1 }), 'damaged'],
    ['a surplus member inside', altered({}, { more: 1 }), 'damaged'],
    ['parameters as text', altered({}, { operations: '3' }), 'damaged'],
    ['a negative parameter', altered({}, { operations: -3 }), 'damaged'],
    ['a short salt', altered({}, { salt: 'AAAA' }), 'damaged'],
    ['a short ciphertext', altered({ ciphertext: 'AAAA' }), 'damaged'],
    ['a long account', altered({ protection: { kind: 'keyring', account: 'A'.repeat(2000) } }), 'damaged'],
    ['a stranger for a device', altered({ deviceId: 'urn:srcos:user:x' }), 'damaged'],
    ['a key twice', sealedText.replace('{"ciphertext"', '{"version":2,"ciphertext"'), 'damaged'],
    ['spaces', sealedText.replace(',', ', '), 'damaged'],
    ['no end of line', sealedText.trimEnd(), 'damaged'],
    ['more after the end', `${sealedText}\n`, 'damaged'],
    ['deep nesting', '['.repeat(2000), 'damaged'],
  ])('%s is refused', (_what, text, fault) => {
    expect(parseKeyFile(text)).toEqual({ ok: false, error: fault });
  });

  it('cut anywhere is damaged', () => {
    for (let length = 0; length < sealedText.length; length += 1) {
      expect(parseKeyFile(sealedText.slice(0, length))).toEqual({ ok: false, error: 'damaged' });
    }
  });

  it('mutated anywhere never opens and never throws', () => {
    const place = fc.nat(sealedText.length - 1);
    fc.assert(
      fc.property(place, fc.nat(4), fc.string({ maxLength: 4 }), (at, removed, put) => {
        const text = sealedText.slice(0, at) + put + sealedText.slice(at + removed);
        expect(opens(text)).toBe(text === sealedText);
      }),
    );
  });

  it('of any text or JSON never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"version":2,"x":${json}}`),
        ),
        (text) => {
          expect(parseKeyFile(text).ok).toBe(false);
        },
      ),
    );
  });
});

describe('a passphrase', () => {
  it('opens what it sealed, and another one is told', async () => {
    const sealed = unwrap(
      await sealKeys({ keyring: silent, randomBytes }, keys, { kind: 'passphrase', passphrase: right }),
    );
    expect(protectionOf(sealed)).toBe('passphrase');
    expect(unwrap(await openKeyFile(silent, sealed, right)).seeds).toEqual(keys.seeds);
    for (const wrong of [passphrase('Correct horse battery staple'), undefined]) {
      expect(await openKeyFile(silent, sealed, wrong)).toMatchObject({
        ok: false,
        error: { kind: 'wrong_passphrase', message: expect.stringContaining('passphrase') },
      });
    }
  });

  it('is the same however a keyboard composes its letters', () => {
    expect(parsePassphrase('Gru\u0308ße an alle')).toBe(parsePassphrase('Gr\u00fcße an alle'));
    expect(parsePassphrase('')).toBeUndefined();
    expect(parsePassphrase('x'.repeat(1025))).toBeUndefined();
    expect(parsePassphrase('\ud800')).toBeUndefined();
  });
});

describe('the keyring of the system', () => {
  it('that is not there is told, and nothing is protected by it', async () => {
    expect(await sealKeys({ keyring: silent, randomBytes }, keys, { kind: 'keyring' })).toMatchObject({
      ok: false,
      error: { kind: 'keyring', message: expect.stringMatching(/No keyring of the system answers.*keys protect/) },
    });
  });

  it('that never answers is given up', async () => {
    const socket = join(temporaryFolder(), 'bus');
    const bus = await listening(socket);
    const keyring = createKeyring({ PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` }, 700);
    expect(await keyring.get('x')).toEqual({ ok: false, error: expect.stringContaining('did not answer') });
    bus.close();
  });

  it.skipIf(!realAnswers)(
    `of this machine keeps, gives and forgets${realAnswers ? '' : ' (none answers here)'}`,
    async () => {
      const sealed = unwrap(await sealKeys({ keyring: real, randomBytes }, keys, { kind: 'keyring' }));
      expect(unwrap(await openKeyFile(real, sealed, undefined)).seeds).toEqual(keys.seeds);
      const { account } = (sealed as { readonly protection: { readonly account: string } }).protection;
      expect(await real.remove(account)).toEqual(ok(null));
      expect(await real.get(account)).toEqual(ok(null));
    },
  );

  // What one that answers does, where the machine has none: its service needs a desktop session.
  const answering = (): Keyring & { readonly secrets: Map<string, string> } => {
    const secrets = new Map<string, string>();
    return {
      secrets,
      get: async (account) => ok(secrets.get(account) ?? null),
      set: async (account, secret) => {
        secrets.set(account, secret);
        return ok(null);
      },
      remove: async (account) => {
        secrets.delete(account);
        return ok(null);
      },
    };
  };

  it('that answers opens what it sealed; without the key, or with another, the home says so', async () => {
    const keyring = answering();
    const sealed = unwrap(await sealKeys({ keyring, randomBytes }, keys, { kind: 'keyring' }));
    expect(unwrap(await openKeyFile(keyring, sealed, undefined)).seeds).toEqual(keys.seeds);
    const [account] = keyring.secrets.keys();
    keyring.secrets.set(account ?? '', Buffer.alloc(32).toString('base64url'));
    expect(await openKeyFile(keyring, sealed, undefined)).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    keyring.secrets.clear();
    expect(await openKeyFile(keyring, sealed, undefined)).toMatchObject({
      ok: false,
      error: { kind: 'keyring', message: expect.stringContaining('does not hold the key') },
    });
  });

  it('that forgets what it was given protects nothing', async () => {
    const keyring = { ...answering(), set: async () => ok(null) };
    expect(await sealKeys({ keyring, randomBytes }, keys, { kind: 'keyring' })).toMatchObject({
      ok: false,
      error: { kind: 'keyring', message: expect.stringContaining('did not keep') },
    });
  });

  it('is left without the key once the keys are protected otherwise', async () => {
    const folder = homeFolder();
    const deps = { keyring: answering(), randomBytes };
    expect(await changeProtection(deps, folder, undefined, { kind: 'keyring' })).toEqual(ok('keyring'));
    expect(deps.keyring.secrets.size).toBe(1);
    expect(await changeProtection(deps, folder, undefined, { kind: 'bare' })).toEqual(ok('bare'));
    expect(deps.keyring.secrets.size).toBe(0);
    expect(readKeyFile(folder)).toEqual(ok({ kind: 'bare', seeds: keys.seeds }));
  });
});

describe('changing the protection', () => {
  const deps = { keyring: silent, randomBytes };
  const byPassphrase: WantedProtection = { kind: 'passphrase', passphrase: right };

  itDeep('from a bare file of version 1 to a passphrase, to another and back keeps the keys', async () => {
    const folder = homeFolder();
    const next = passphrase('another one that is long');
    expect(await changeProtection(deps, folder, undefined, byPassphrase)).toEqual(ok('passphrase'));
    expect(await changeProtection(deps, folder, right, { kind: 'passphrase', passphrase: next })).toEqual(
      ok('passphrase'),
    );
    expect((await changeProtection(deps, folder, right, { kind: 'bare' })).ok).toBe(false);
    expect(await changeProtection(deps, folder, next, { kind: 'bare' })).toEqual(ok('bare'));
    expect(readKeyFile(folder)).toEqual(ok({ kind: 'bare', seeds: keys.seeds }));
  });

  itDeep('that fails changes nothing, byte for byte', async () => {
    const folder = homeFolder();
    await changeProtection(deps, folder, undefined, byPassphrase);
    const before = readFileSync(join(folder, 'device.json'), 'utf8');
    const wrong = passphrase('wrong passphrase');
    expect(await changeProtection(deps, folder, wrong, { kind: 'bare' })).toMatchObject({ ok: false });
    expect(await changeProtection(deps, folder, right, { kind: 'keyring' })).toMatchObject({ ok: false });
    expect(readFileSync(join(folder, 'device.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['device.json']);
  });

  it('of a home that is not there is a fault', async () => {
    expect(await changeProtection(deps, join(temporaryFolder(), 'keys'), undefined, byPassphrase)).toMatchObject({
      ok: false,
      error: { kind: 'absent' },
    });
  });
});

function homeFolder(): string {
  const folder = join(temporaryFolder(), 'keys');
  mkdirSync(folder, { mode: 0o700 });
  writeKeyFile(folder, { kind: 'bare', seeds: keys.seeds });
  return folder;
}

/** A bus that takes connections and never says a word. */
async function listening(path: string): Promise<Server> {
  const server = createServer((socket) => socket.unref());
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return server;
}

function unwrap<T, E>(result: Result<T, E>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.error));
  }
  return result.value;
}
