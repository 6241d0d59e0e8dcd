import { copyFileSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type Server, type TLSSocket, createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPairingMailbox } from '../../../src/net/pairing-link.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { type CertificateFiles, openCertificate } from '../../../src/relay/certificate.ts';
import { type RelayOptions, type RunningRelay, startRelay } from '../../../src/relay/serve.ts';
import { hasOpenssl, makeCertificate } from '../../helpers/certificate.ts';
import { temporaryFolder } from '../../unit/daemon/temporary-folder.ts';
import { createChain, createPair } from '../../unit/relay/members.ts';
import { type LinkDevice, addressOf, createLinkDevice } from './link-device.ts';

const listen = { host: '127.0.0.1', port: 0 };
const pair = createPair(81);
const otherPin = `sha256-${'aB_-'.repeat(10)}xyz`;

async function start(tls: CertificateFiles, options: Partial<RelayOptions> = {}): Promise<RunningRelay> {
  const started = await startRelay({ listen, store: createMemoryRelayStore(), tls, ...options });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  onTestFinished(async () => started.value.close());
  return started.value;
}

function device(url: string, keys = pair.alice, entries = pair.entries): LinkDevice {
  const made = createLinkDevice(url, keys, pair.scopeId, entries);
  onTestFinished(async () => made.link.stop());
  return made;
}

/** A TLS server that is no relay: how many came, and what it was told behind the handshake. */
async function eavesdropper({ certFile, keyFile }: CertificateFiles) {
  let [callers, heardBytes] = [0, 0];
  let tell = (): void => undefined;
  const spoken = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server: Server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (socket) => {
    socket.on('data', (data) => {
      heardBytes += data.length;
      tell();
    });
    socket.on('error', () => undefined);
  });
  server.on('connection', () => {
    callers++;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return { url: `wss://127.0.0.1:${port}`, spoken, counts: () => ({ callers, heardBytes }) };
}

describe.skipIf(!hasOpenssl)('relay over TLS (skipped without openssl)', () => {
  it('16a two devices that pin its key sync through a certificate that nobody vouches for', async () => {
    const relay = await start(makeCertificate(temporaryFolder(), 'relay'));
    expect(relay.url).toMatch(/^wss:/);
    const [a, b] = [device(`${relay.url}#pin=${relay.pin}`), device(`${relay.url}#pin=${relay.pin}`, pair.bob, [])];
    a.append(createChain(pair, pair.alice).next(100_000));
    await b.until(() => b.received.length === 1);
    expect(relay.stats().batches).toBe(1);
  });

  it('16a a name in its certificate is an address under which it may be dialled', async () => {
    const relay = await start(makeCertificate(temporaryFolder(), 'relay'), { listen: { host: '0.0.0.0', port: 0 } });
    const named = relay.url.replace('0.0.0.0', 'localhost');
    const a = device(`${named}#pin=${relay.pin}`);
    await a.until(() => a.link.state.state === 'online');
    expect(a.link.state).toMatchObject({ state: 'online' });
  });

  it('§10.32 24 another key than the pinned one: untrusted, and not a byte is sent', async () => {
    const files = makeCertificate(temporaryFolder(), 'relay');
    const server = await eavesdropper(files);
    const a = device(`${server.url}#pin=${otherPin}`);
    await a.until(() => a.link.state.state === 'untrusted');
    expect(a.link.state).toMatchObject({
      reason: expect.stringMatching(new RegExp(`shows the key sha256-.{43}, expected is ${otherPin}`)),
    });
    const pairing = await openPairingMailbox(
      addressOf(`${server.url}#pin=${otherPin}`),
      'abcdefghijklmnop',
      new Uint8Array(32),
    );
    expect(pairing).toMatchObject({ ok: false, error: { message: expect.stringContaining('expected is') } });
    expect(server.counts()).toEqual({ callers: 2, heardBytes: 0 });
    // The same server hears who pins the key that it has.
    const opened = openCertificate(files, () => undefined);
    device(`${server.url}#pin=${opened.ok ? opened.value.current.pin : ''}`);
    await server.spoken;
    expect(server.counts().heardBytes).toBeGreaterThan(0);
  });

  it('24 without a pin an authority must vouch for the certificate', async () => {
    const relay = await start(makeCertificate(temporaryFolder(), 'relay'));
    const a = device(relay.url);
    await a.until(() => a.link.state.state === 'untrusted');
    expect(a.link.state).toMatchObject({ state: 'untrusted', reason: expect.stringContaining('self') });
    expect(relay.stats().connections).toBe(0);
  });

  it('16a takes up a renewed certificate without a restart; who pins its key notices nothing', async () => {
    const folder = temporaryFolder();
    const files = makeCertificate(folder, 'relay');
    const relay = await start(files);
    const before = await serialAt(relay.url);
    copyFileSync(makeCertificate(folder, 'renewed', files).certFile, files.certFile);
    relay.renewCertificate();
    expect(await serialAt(relay.url)).not.toBe(before);
    const a = device(`${relay.url}#pin=${relay.pin}`);
    await a.until(() => a.link.state.state === 'online');
  });

  it('16a a certificate that cannot be used is a fault in words, and binds nothing', async () => {
    const { certFile } = makeCertificate(temporaryFolder(), 'relay');
    const refused = await startRelay({ listen, store: createMemoryRelayStore(), tls: { certFile, keyFile: certFile } });
    expect(refused).toMatchObject({
      ok: false,
      error: { kind: 'certificate', message: expect.stringContaining('PEM') },
    });
  });
});

/** Serial number of the certificate that is shown now; /healthz answers over TLS too. */
async function serialAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { rejectUnauthorized: false, agent: false };
    request(`${url.replace('wss:', 'https:')}/healthz`, options, (response) => {
      const serial = (response.socket as TLSSocket).getPeerX509Certificate()?.serialNumber ?? '';
      response.resume().once('end', () => resolve(`${response.statusCode} ${serial}`));
    })
      .once('error', reject)
      .end();
  });
}
