import { canonicalText } from '../../src/base/canonical-json.ts';
import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import { type JsonObject, isJsonObject } from '../../src/base/json.ts';
import { wallMs } from '../../src/clock/stamp.ts';
import type { LoggedChange } from '../../src/contract/change.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import { majorOf } from '../../src/contract/schema-version.ts';
import type { HistoryEntry } from '../../src/replica/names/reports.ts';
import { families } from '../../src/policy/vocabulary.ts';
import type { Device } from './device.ts';
import { expectedDecision } from './expected-policy.ts';
import type { Report } from './findings.ts';
import { liveRows, liveText, recipesMajor } from './governed-turn.ts';
import { agents, everyItem, policy, recipes, rowsOf } from './state-hash.ts';
import { ruled } from './work-policy.ts';
import type { World } from './world.ts';

/** What must hold at every moment on the device that has just done something, where records are governed. */
export function checkGoverned(world: World, device: Device): void {
  if (world.governance === undefined || device.process === undefined) {
    return;
  }
  checkPolicy(world, device);
  checkGenerations(world, device);
  checkLeases(world, device);
  checkForms(world.report, device);
  noteVersions(world, device);
  for (const { detail, reasonCode } of device.disk.quarantine.listHeld(everyItem).items) {
    world.counters.hit(`held ${detail ?? reasonCode}`);
  }
}

/** Invariant 15: what is in force is what the floor and every document say together, and nothing weaker. */
function checkPolicy({ report, counters }: World, device: Device): void {
  const inForce = device.process?.replica.policy();
  for (const family of families) {
    for (const name of ruled) {
      const expected = expectedDecision(device, family, name);
      const found = inForce?.decide(family, name).decision;
      counters.hit(`policy ${expected}`);
      if (found !== undefined && found !== expected) {
        report(15, `device ${device.index}: ${family}.${name} is ${found}, and the documents say ${expected}`);
      }
    }
  }
}

/** Invariant 15: of each document the highest generation that counts is the one in force. */
function checkGenerations({ report }: World, device: Device): void {
  for (const row of rowsOf(device.disk, policy)) {
    const counting = historyOf(device, row).filter(
      ({ disposition }) => disposition === 'applied' || disposition === 'superseded',
    );
    const highest = Math.max(...counting.map(({ change }) => generationIn(change.value)));
    if (counting.length > 0 && generationIn(row.fields) !== highest) {
      report(15, `device ${device.index}: generation ${generationIn(row.fields)} of ${row.id} holds over ${highest}`);
    }
  }
}

function generationIn(fields: unknown): number {
  return isJsonObject(fields as JsonObject) ? Number((fields as JsonObject)['generation']) : Number.NaN;
}

/** Invariant 17: what counts in the register of agents was written by an authority, or under a lease that held then. */
function checkLeases({ report, household, counters }: World, device: Device): void {
  const may = new Set<string>(household.devices.slice(0, 2).map(({ deviceId }) => deviceId));
  const revoked = device.process?.replica.revocations() ?? new Map<string, JsonObject>();
  for (const row of rowsOf(device.disk, agents)) {
    for (const { change, disposition } of historyOf(device, row)) {
      if (disposition !== 'applied') {
        continue;
      }
      const { lease } = change;
      if (lease === undefined) {
        if (!may.has(change.deviceId)) {
          report(17, `device ${device.index}: agents/${row.id} counts by nobody's authority`);
        }
        continue;
      }
      counters.hit('lease looked at');
      if (lease.lease['requiresHumanApproval'] === true && lease.approval === undefined) {
        report(17, `device ${device.index}: agents/${row.id} counts by a use that nobody approved`);
      }
      const writtenMs = wallMs(change.stamp);
      const endMs = Math.min(
        timeIn(lease.lease['expiresAt']),
        timeIn(revoked.get(String(lease.lease['leaseId']))?.['revokedAt']),
      );
      if (writtenMs >= endMs) {
        report(
          17,
          `device ${device.index}: agents/${row.id} counts by a lease that ended ${writtenMs - endMs} ms before`,
        );
      }
    }
  }
}

function timeIn(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.POSITIVE_INFINITY;
}

/** Invariant 29: a device shows no record in a form that it does not know. */
function checkForms(report: Report, device: Device): void {
  const foreign = recipesMajor(device) === 1 ? 'title' : 'name';
  for (const { id, fields } of liveRows(device, recipes)) {
    if (fields !== null && Object.hasOwn(fields, foreign)) {
      report(29, `device ${device.index}: recipes/${id} is live in the form of another major`);
    }
  }
}

/** Invariant 29: after an upgrade everything that is held was judged again, without any network. */
export function checkUpgraded(report: Report, device: Device): void {
  const isGated = device.disk.reviews.listOpen(everyItem, recipes).items.some(({ kind }) => kind === 'brake');
  const isDenied = (['write', 'engine'] as const).some(
    (family) => expectedDecision(device, family, recipes) !== 'allow',
  );
  for (const { detail, changeId, recordId } of device.disk.quarantine.listHeld(everyItem, recipes).items) {
    const change = device.process?.replica
      .history(recipes, recordId as RecordId)
      .find((one) => one.change.changeId === changeId)?.change;
    const isWhole = change?.parents.every((parent) => device.disk.history.get(parent)?.disposition === 'applied');
    if (detail === 'schema_major' && isWhole === true && !isGated && !isDenied) {
      report(29, `device ${device.index}: after the upgrade a newer form of recipes/${recordId} is still held`);
    }
  }
  const current = recipesMajor(device);
  for (const row of liveRows(device, recipes)) {
    if (majorOf(row.schemaVersion) !== current) {
      report(29, `device ${device.index}: after the upgrade recipes/${row.id} is of version ${row.schemaVersion}`);
    }
  }
}

/** Invariant 29: a record that was written whole by an older version is what it was, in the newer form, with all it had. */
export function checkMigrated({ report, counters }: World, device: Device): void {
  for (const row of recipesMajor(device) === 2 ? liveRows(device, recipes) : []) {
    const change = historyOf(device, row).find((entry) => entry.change.changeId === row.version)?.change;
    if (row.heads.length === 1 && change?.operation === 'put' && majorOf(change.schemaVersion) === 1) {
      counters.hit('migrated record looked at');
      const expected = canonicalText(migrated(change));
      if (liveText(row) !== expected) {
        report(29, `device ${device.index}: recipes/${row.id} is ${liveText(row)} and was written as ${expected}`);
      }
    }
  }
}

/** The migration of recipes, written a second time. */
function migrated({ value }: LoggedChange): JsonObject {
  const { name, minutes, ...others } = value as JsonObject;
  return { ...others, title: name ?? null, ...(minutes === undefined ? {} : { duration: { minutes } }) };
}

/** Remembers what was live under which version, for whoever goes back to it. */
function noteVersions({ governance }: World, device: Device): void {
  for (const collection of [recipes, 'workspace' as CollectionName]) {
    for (const row of liveRows(device, collection)) {
      // Of several heads a version names one; what waits for approval is no part of what is live.
      const isWhole =
        row.heads.length === 1 && row.heads[0] === row.version && row.openReviews === 0 && row.strategyState === null;
      if (isWhole && row.fields?.['edges'] === undefined) {
        governance?.versions.set(versionKey(device, row), liveText(row));
      }
    }
  }
}

export function versionKey(device: Device, { collection, id, version }: RecordRow): string {
  return `${device.index} ${collection}/${id} ${version} ${recipesMajor(device)}`;
}

function historyOf({ process }: Device, { collection, id }: RecordRow): readonly HistoryEntry[] {
  return process?.replica.history(collection, id) ?? [];
}
