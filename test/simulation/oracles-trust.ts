import { base64urlFromBytes, equalBytes, hexFromBytes, utf8 } from '../../src/base/bytes.ts';
import type { CollectionName } from '../../src/base/ids.ts';
import { wallMs, parseStamp } from '../../src/clock/stamp.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { changeIdOf } from '../../src/log/change.ts';
import { openBatch } from '../../src/log/sealing.ts';
import { verifyBatch } from '../../src/log/verify.ts';
import { openEpochKeys } from '../../src/membership/log/epoch-keys.ts';
import { checkClaims, checkForksFound } from './alarm-watch.ts';
import type { Device } from './device.ts';
import { hostileScopeId } from './hostile-batches.ts';
import { checkRunning } from './oracle-running.ts';
import { chainEnd, peersOf } from './peers.ts';
import { logAt, logOn } from './membership-logs.ts';
import { rowsOf } from './state-hash.ts';
import type { World } from './world.ts';

const everything = Number.MAX_SAFE_INTEGER;
/** Clocks of devices are up to an hour off, and a stamp may be ten minutes ahead. */
const mostAheadMs = 3_600_000 + 600_000;

/** What must hold wherever somebody is not to be trusted, once everything is over. */
export function checkTrust(world: World): void {
  if (world.trust.swarm.kind === 'honest') {
    return;
  }
  for (const device of world.devices.filter(({ isEnrolled }) => isEnrolled)) {
    world.trust.watch.lookAt(device.index, device.keys.deviceId, device.disk);
    checkChains(world, device);
    checkAuthority(world, device);
    checkClock(world, device);
  }
  checkSealedBlind(world);
  checkRevokedKeys(world);
  checkSecrets(world);
  world.trust.alarms.check(world);
  checkForksFound(world);
  checkClaims(world);
  checkRunning(world);
}

/** Invariants 18 and 19: every batch in a log is a member's, by the log it names, and no chain goes back an epoch. */
function checkChains(world: World, device: Device): void {
  const { disk } = device;
  for (const scopeId of disk.scopes.list()) {
    const log = logOn(disk, scopeId);
    for (const deviceId of disk.log.heads(scopeId).keys()) {
      let epoch = 0;
      let head: Parameters<typeof verifyBatch>[2]['head'] = null;
      for (const row of disk.log.after(scopeId, deviceId, 0, everything)) {
        const batch = decodeBatch(row.bytes);
        if (!batch.ok) {
          continue;
        }
        const { header } = batch.value;
        if (header.epoch < epoch) {
          world.report(19, `device ${device.index}: a chain goes back from epoch ${epoch} to ${header.epoch}`);
        }
        epoch = header.epoch;
        const isCounted = row.sequence <= chainEnd(log, deviceId);
        const verdict = verifyBatch(batch.value, log, { head, idAt: () => undefined });
        const isOtherCut =
          verdict.verdict === 'reject' && verdict.detail === 'past_cut' && world.trust.distrusted.has(deviceId);
        if (isCounted && verdict.verdict !== 'accept' && !isOtherCut) {
          const isRole = 'detail' in verdict && verdict.detail === 'role_insufficient';
          world.report(
            isRole ? 15 : 18,
            `device ${device.index}: its log holds what is to be refused: ${JSON.stringify(verdict)}`,
          );
        }
        head = { sequence: row.sequence, batchId: row.batchId };
      }
    }
  }
}

/** Invariants 15 and 16: what a role does not allow, and what this build has no policy for, has no effect. */
function checkAuthority(world: World, device: Device): void {
  for (const { scopeId } of device.process?.replica.announcedScopes() ?? []) {
    if (scopeId === hostileScopeId) {
      world.report(15, `device ${device.index}: a writer made it look for a scope, which only administrators may`);
    }
  }
  for (const collection of ['policy', 'clients', 'agents', 'secrets', 'nowhere'] as unknown as CollectionName[]) {
    if (rowsOf(device.disk, collection).length > 0) {
      world.report(16, `device ${device.index}: ${collection} holds a record, and nothing here may decide about it`);
    }
  }
}

/** Invariant 3: what was written on a restored device is still there once its own chain has come back around it. */
function checkSealedBlind(world: World): void {
  const peers = new Set(peersOf(world));
  for (const { device, bytes } of world.trust.sealedBlind.filter((one) => peers.has(one.device))) {
    const batch = decodeBatch(bytes);
    const header = batch.ok ? batch.value.header : undefined;
    const key = header && device.disk.scopes.epochKey(header.scopeId, header.epoch);
    const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
    for (const record of opened?.ok === true ? opened.value.slice(1) : []) {
      world.counters.hit('change written before recovery');
      if (device.disk.history.get(changeIdOf(device.keys.deviceId, record)) === undefined) {
        world.report(3, `device ${device.index} lost what was written after it had been restored`);
      }
    }
  }
}

/** Invariant 30: a poisoned stamp moves no clock. */
function checkClock({ timeline, report }: World, device: Device): void {
  const saved = device.disk.settings.get('clock');
  const stamp = typeof saved === 'string' ? parseStamp(saved) : undefined;
  if (stamp !== undefined && wallMs(stamp) > timeline.nowMs + mostAheadMs) {
    report(30, `device ${device.index}: a stamp from far ahead raised its clock`);
  }
}

/** Invariant 18: the keys of a revoked device open no epoch that began with its revocation or later. */
function checkRevokedKeys({ household, devices, relay, report, counters }: World): void {
  const everyone = [...household.devices, household.attacker, household.newcomer];
  for (const { scopeId } of [household.profile, household.workspace]) {
    const state = logAt(relay.disk, scopeId);
    const entries = relay.disk.entries(scopeId, 0, everything);
    for (const { deviceId, box } of everyone) {
      const revoked = state?.members.get(deviceId)?.revoked;
      if (state === undefined || revoked === undefined || revoked === null) {
        continue;
      }
      counters.hit('revoked device tried its keys');
      const opened = openEpochKeys({ state, entries, recipient: deviceId, box });
      for (const { epoch, since } of state.epochs) {
        const key = devices.map(({ disk }) => disk.scopes.epochKey(scopeId, epoch)).find((held) => held !== undefined);
        const isKnown = key !== undefined && [...opened.keys.values()].some((known) => equalBytes(known, key));
        if (since >= revoked.at && (isKnown || opened.keys.has(epoch))) {
          report(18, `a revoked device can open epoch ${epoch}`);
        }
      }
    }
  }
}

/** Invariant 22: no secret key, hedge key or epoch key is in anything that leaves a device or is told of. */
function checkSecrets(world: World): void {
  const { household, devices, outgoing, trust, relay, report, counters } = world;
  const patterns = secretsOf(world);
  counters.hit('secrets looked for', patterns.length);
  const places: readonly (readonly [where: string, bytes: Uint8Array])[] = [
    ...outgoing.map((frame) => ['a frame', frame] as const),
    ...trust.told.map((text) => ['an event', utf8(text)] as const),
    ...devices.map(
      ({ index, disk }) =>
        [`the audit of device ${index}`, utf8(JSON.stringify(disk.audit.read(0, everything)))] as const,
    ),
    ...[household.profile, household.workspace].flatMap(({ scopeId }) =>
      relay.disk.entries(scopeId, 0, everything).map((bytes) => ["the relay's log", bytes] as const),
    ),
  ];
  for (const [where, bytes] of places) {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [name, pattern] of patterns) {
      if (view.includes(Buffer.from(pattern.buffer, pattern.byteOffset, pattern.byteLength))) {
        report(22, `${name} is in ${where}`);
      }
    }
  }
}

function secretsOf({ household, devices }: World): readonly (readonly [name: string, pattern: Uint8Array])[] {
  const secrets: (readonly [string, Uint8Array])[] = [];
  const everyone: readonly DeviceKeys[] = [...household.devices, household.newcomer];
  everyone.forEach((keys, index) => {
    secrets.push([`the signing key of device ${index}`, keys.sign.secretKey.subarray(0, 32)]);
    secrets.push([`the box key of device ${index}`, keys.box.secretKey]);
    secrets.push([`the hedge key of device ${index}`, keys.hedge]);
  });
  for (const { scopeId } of [household.profile, household.workspace]) {
    for (let epoch = 1; ; epoch++) {
      const key = devices.map(({ disk }) => disk.scopes.epochKey(scopeId, epoch)).find((held) => held !== undefined);
      if (key === undefined) {
        break;
      }
      secrets.push([`the key of epoch ${epoch}`, key]);
    }
  }
  return secrets.flatMap(([name, bytes]) => [
    [name, bytes] as const,
    [name, utf8(hexFromBytes(bytes))] as const,
    [name, utf8(base64urlFromBytes(bytes))] as const,
  ]);
}
