import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, bytesFromHex, hexFromBytes } from '../../../src/base/bytes.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { deviceKeysFromSeeds, rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { parseEntry } from '../../../src/membership/parse/entry-codec.ts';
import { openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { commitmentOf } from '../../../src/membership/parse/commitment.ts';
import { openPreviousKey, openWrap, sealPreviousKey } from '../../../src/membership/log/epoch.ts';
import { openLabel, sealLabel } from '../../../src/membership/parse/labels.ts';
import { createInviter, createJoiner, decodePairingCode, encodePairingCode } from '../../../src/membership/pairing.ts';
import { pairingSecretsOf } from '../../../src/membership/pairing/pairing-code.ts';
import { appendEntry, foldScope } from '../../../src/membership/log/scope-log.ts';
import { valueOf } from './fixtures.ts';
import { bodyIn, effectOf } from './pairing-fixtures.ts';

interface DeviceSeeds {
  readonly signSeed: string;
  readonly boxSeed: string;
  readonly hedge: string;
  readonly deviceId: string;
}

interface ScopeVector {
  readonly rootEntropy: string;
  readonly scopeId: string;
  readonly userId: string;
  readonly devices: readonly DeviceSeeds[];
  readonly epochKeys: readonly string[];
  readonly labels: readonly string[];
  readonly entries: readonly { readonly bytes: string; readonly hash: string }[];
  readonly refused: readonly {
    readonly name: string;
    readonly after: number;
    readonly bytes: string;
    readonly reason: string;
  }[];
}

interface WrapVector {
  readonly genesisNonce: string;
  readonly epoch: number;
  readonly key: string;
  readonly commitment: string;
  readonly recipient: DeviceSeeds;
  readonly wrap: string;
  readonly previousKey: string;
  readonly previousCommitment: string;
  readonly sealedPreviousKey: string;
  readonly label: string;
  readonly sealedLabel: string;
}

interface PairingVector {
  readonly secret: string;
  readonly relayUrl: string;
  readonly code: string;
  readonly mailbox: string;
  readonly bearer: string;
  readonly psk: string;
  readonly inviter: DeviceSeeds;
  readonly joiner: DeviceSeeds;
  readonly label: string;
  /** What each side draws from its random source, in this order. */
  readonly inviterRandom: string;
  readonly joinerRandom: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly digits: string;
  readonly messages: readonly string[];
}

const scope = read<ScopeVector>('scope-entry');
const wrapping = read<WrapVector>('epoch-wrap');
const pairing = read<PairingVector>('pairing');

describe('vectors: scope-entry.json', () => {
  const entries = scope.entries.map((entry) => hex(entry.bytes));

  it('the log folds to the scope, hashes and members it says', () => {
    const state = valueOf(foldScope(entries));
    expect(state.scopeId).toBe(scope.scopeId);
    expect(state.heads.map(hexFromBytes)).toEqual(scope.entries.map((entry) => entry.hash));
    expect([...state.members.keys()]).toEqual(scope.devices.map((device) => device.deviceId));
    expect([...state.members.values()].map((member) => member.userId)).toEqual(scope.devices.map(() => scope.userId));
    expect(scope.devices.map((device) => deviceFrom(device).deviceId)).toEqual(scope.devices.map((d) => d.deviceId));
    expect(rootKeysFromEntropy(hex(scope.rootEntropy)).userId).toBe(scope.userId);
  });

  it('the root opens every epoch, and the labels open', () => {
    const state = valueOf(foldScope(entries));
    const { box } = rootKeysFromEntropy(hex(scope.rootEntropy));
    const { keys } = openEpochKeys({ state, entries, recipient: 'root', box });
    expect([...keys.entries()].map(([epoch, key]) => [epoch, hexFromBytes(key)]).toReversed()).toEqual(
      scope.epochKeys.map((key, index) => [index + 1, key]),
    );
    const labels = [...state.members.values()].map(({ deviceId, label }) =>
      valueOf(
        openLabel({
          ...{ genesisNonce: state.genesisNonce, deviceId, epoch: label.epoch, sealed: label.sealed },
          epochKey: keys.get(label.epoch) ?? new Uint8Array(32),
        }),
      ),
    );
    expect(labels).toEqual(scope.labels);
  });

  it.each(scope.refused.map((each) => [each.name, each] as const))('refused: %s', (_, { after, bytes, reason }) => {
    const result = appendEntry(valueOf(foldScope(entries.slice(0, after))), hex(bytes));
    expect(result.ok ? 'accepted' : reasonText(result.error)).toBe(reason);
    expect(parseEntry(hex(bytes))).toBeDefined();
  });
});

describe('vectors: epoch-wrap.json', () => {
  const genesisNonce = hex(wrapping.genesisNonce);
  const key = hex(wrapping.key);
  const { epoch } = wrapping;
  const device = deviceFrom(wrapping.recipient);

  it('the wrap opens, and the commitment is the one it says', () => {
    expect(hexFromBytes(commitmentOf(key, genesisNonce, epoch))).toBe(wrapping.commitment);
    const commitment = hex(wrapping.commitment);
    const recipient = device.deviceId;
    const opened = openWrap({ genesisNonce, epoch, recipient, box: device.box, commitment, wrap: wrapping.wrap });
    expect(hexFromBytes(valueOf(opened))).toBe(wrapping.key);
  });

  it('15 the previous key and the label are sealed byte for byte', () => {
    const previousKey = hex(wrapping.previousKey);
    const sealed = sealPreviousKey({ key, genesisNonce, epoch, previousKey });
    expect(sealed).toBe(wrapping.sealedPreviousKey);
    const previousCommitment = hex(wrapping.previousCommitment);
    expect(valueOf(openPreviousKey({ key, genesisNonce, epoch, sealed, previousCommitment }))).toEqual(previousKey);
    const context = { epochKey: key, genesisNonce, epoch, deviceId: device.deviceId };
    expect(sealLabel({ ...context, label: wrapping.label })).toBe(wrapping.sealedLabel);
  });
});

describe('vectors: pairing.json', () => {
  const secret = hex(pairing.secret);
  const before = pairing.before.map(hex);
  const after = pairing.after.map(hex);

  it('the code is written, read and derived as it says', () => {
    const { relayUrl, code } = pairing;
    expect(encodePairingCode({ secret, relayUrl })).toBe(code);
    expect(valueOf(decodePairingCode(code))).toEqual({ secret, relayUrl });
    const { mailbox, bearer, psk } = pairingSecretsOf(secret);
    expect([mailbox, hexFromBytes(bearer), hexFromBytes(psk)]).toEqual([pairing.mailbox, pairing.bearer, pairing.psk]);
  });

  it('22 the five messages and the digits come out byte for byte', () => {
    const inviter = createInviter({
      ...{ secret, deviceId: deviceFrom(pairing.inviter).deviceId, trustCode: false, nowMs: 0 },
      scopes: [valueOf(foldScope(before))],
      randomBytes: drawFrom(pairing.inviterRandom),
    });
    const joiner = createJoiner({
      ...{ secret, deviceKeys: deviceFrom(pairing.joiner), label: pairing.label, nowMs: 0 },
      randomBytes: drawFrom(pairing.joinerRandom),
    });
    const added = valueOf(foldScope(after));
    const m1 = bodyIn(joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const revealed = joiner.step({ type: 'message', slot: 2, body: m2 });
    const m3 = bodyIn(revealed, 3);
    inviter.step({ type: 'message', slot: 3, body: m3 });
    expect(effectOf(revealed, 'show_digits').digits).toBe(pairing.digits);
    effectOf(inviter.step({ type: 'approve', digits: pairing.digits }), 'append_add');
    const m4 = bodyIn(inviter.step({ type: 'added', scopes: [added] }), 4);
    joiner.step({ type: 'message', slot: 4, body: m4 });
    const m5 = bodyIn(joiner.step({ type: 'log', scopeId: added.scopeId, entries: after }), 5);
    expect([m1, m2, m3, m4, m5].map(base64urlFromBytes)).toEqual(pairing.messages);
    expect(effectOf(inviter.step({ type: 'message', slot: 5, body: m5 }), 'done').type).toBe('done');
  });
});

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}

function hex(text: string): Uint8Array {
  return bytesFromHex(text) ?? new Uint8Array(0);
}

function deviceFrom(seeds: DeviceSeeds): ReturnType<typeof deviceKeysFromSeeds> {
  return deviceKeysFromSeeds(hex(seeds.signSeed), hex(seeds.boxSeed), hex(seeds.hedge));
}

function drawFrom(text: string): (size: number) => Uint8Array {
  const bytes = hex(text);
  let offset = 0;
  return (size) => {
    offset += size;
    return bytes.slice(offset - size, offset);
  };
}
