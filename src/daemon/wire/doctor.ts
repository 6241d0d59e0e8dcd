import { existsSync } from 'node:fs';
import type { DoctorBody, UnsentBody } from '../../api/types/bodies.ts';
import type { FolderBody } from '../../api/types/links.ts';
import type { HooksBody } from '../../api/types/notices.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { verifyCheckpoints } from '../../log/audit-checkpoint.ts';
import { decodeBatch } from '../../log/header.ts';
import { verifyBatch } from '../../log/verify.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import { auditEvents } from '../../store/ground/audit-events.ts';
import type { Store } from '../../store/ground/port.ts';
import { alarmMessage } from '../relays/alarm-bodies.ts';
import type { ClockWatch } from '../ground/clock-watch.ts';
import { bytesInWords } from '../disk/disk-room.ts';
import type { Heartbeat } from '../engines/heartbeat.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { keyFaultWords } from '../keys/not-set-up.ts';
import type { KeyFile } from '../keys/key-file-format.ts';
import { protectionOf } from '../keys/key-protection.ts';
import { looseModes } from '../ground/loose-modes.ts';
import { auditInWords } from '../../log/audit-in-words.ts';
import { restoredMs } from '../../replica/names/restored.ts';
import { readSalvaged, salvagedWords } from '../disk/salvaged.ts';
import { isRevokedHere, labelOf } from '../keys/scope-names.ts';
import type { StoreStanding } from '../disk/store-standing.ts';
import type { LostRelay } from '../relays/lost-relay.ts';
import { hookChecks } from '../notices/hook-checks.ts';
import { scopeChecks } from './scope-checks.ts';
import { unsentMessage } from '../relays/unsent.ts';

type Check = DoctorBody['checks'][number];

export interface DoctorDeps {
  readonly store: Store;
  readonly replica: Pick<Replica, 'self' | 'auditCheckpoints' | 'scopes' | 'epochKey' | 'givenLabel' | 'alarms'>;
  readonly bindings: Bindings;
  readonly paths: HomePaths;
  readonly configured: ConfiguredFaults;
  readonly running: RunningParts;
  readonly nowMs: () => number;
}

/** Why files that a person wrote are not in force. */
interface ConfiguredFaults {
  readonly problem: () => string | null;
  readonly manifestProblems: readonly string[];
}

/** What the parts of a running daemon say of themselves. */
interface RunningParts {
  readonly folders: () => readonly FolderBody[];
  readonly standing: () => StoreStanding;
  readonly unsent: () => readonly UnsentBody[];
  readonly hooks: () => HooksBody;
  readonly places: () => Promise<readonly Check[]>;
  readonly lostRelay: () => LostRelay | undefined;
  readonly clock: Pick<ClockWatch, 'untrusted'>;
  readonly heartbeat: Pick<Heartbeat, 'timedOut'>;
}

const pageBytes = 4 * 1024 * 1024;
const toldForMs = 7 * 24 * 60 * 60 * 1000;

/** Looks at everything that can be verified on this device, in full. */
export async function examine(deps: DoctorDeps): Promise<DoctorBody> {
  const { running } = deps;
  deps.store.upkeep.forgetPages();
  const checks: Check[] = [
    configCheck(deps),
    manifestCheck(deps.configured),
    keyFileCheck(deps),
    rightsCheck(deps),
    diskCheck(running),
    clockCheck(running),
    heartbeatCheck(running),
    ...lostRelayChecks(running),
    auditCheck(deps),
    ...deps.replica.scopes().map(({ state }) => chainCheck(deps, state)),
    ...standingChecks(deps),
    ...running.unsent().map(unsentCheck),
    ...scopeChecks(deps),
    ...alarmChecks(deps),
    ...running.folders().map(folderCheck),
    ...[...(await running.places()), ...hookChecks(running.hooks())],
    recordCheck(deps),
    ...salvageCheck(deps),
  ];
  return { ok: checks.every((check) => check.ok), checks };
}

/** What can be looked at while the keys are locked. */
export function examineLocked(deps: Pick<DoctorDeps, 'paths' | 'configured'>, { message }: KeysBody): DoctorBody {
  // The message says what to do.
  const locked: Check = { name: 'lock', ok: message === null, message: message ?? 'unlocked', remedy: null };
  const checks = [configCheck(deps), manifestCheck(deps.configured), keyFileCheck(deps), rightsCheck(deps), locked];
  return { ok: checks.every(({ ok }) => ok), checks };
}

function check(name: string, fault: string | null, fine: string, remedy: string): Check {
  return fault === null ? { name, ok: true, message: fine, remedy: null } : { name, ok: false, message: fault, remedy };
}

function configCheck({ configured, paths }: Pick<DoctorDeps, 'configured' | 'paths'>): Check {
  return check(
    'configuration',
    configured.problem(),
    existsSync(paths.config) ? 'valid' : `${paths.config} is not there: every setting has its default`,
    'Correct the file; the last good settings stay in force until then.',
  );
}

function manifestCheck({ manifestProblems }: ConfiguredFaults): Check {
  const fault = manifestProblems.length === 0 ? null : manifestProblems.join(' ');
  return check('manifests', fault, 'all valid', 'Correct or remove the manifests that are named.');
}

function keyFileCheck({ paths }: Pick<DoctorDeps, 'paths'>): Check {
  const file = readKeyFile(paths.keys);
  return check(
    'device key',
    file.ok ? null : keyFaultWords(paths, file.error),
    file.ok ? protectionWords(file.value) : '',
    'Mend the key file as it says; the daemon goes on with the keys it holds until it ends.',
  );
}

function rightsCheck({ paths }: Pick<DoctorDeps, 'paths'>): Check {
  const loose = looseModes(paths);
  const message = loose.length === 0 ? null : loose.map((one) => one.message).join(' ');
  return check('rights', message, "the home is its owner's alone", loose.map(({ remedy }) => remedy).join('; '));
}

function standingChecks({ replica }: DoctorDeps): readonly Check[] {
  const fault = 'This device was revoked: nothing that it writes counts, and nothing new is readable here.';
  const remedy = 'To use it again, set up another home with: sourcesync pair join';
  return isRevokedHere(replica) ? [check('membership', fault, '', remedy)] : [];
}

function lostRelayChecks({ lostRelay }: RunningParts): readonly Check[] {
  const lost = lostRelay();
  return lost === undefined ? [] : [check('relay', lost.message, '', lost.remedy)];
}

function unsentCheck(unsent: UnsentBody): Check {
  const remedy = 'Ask its operator for room or leave, or use another relay; then: sourcesync sync now';
  return check(`relay ${unsent.relay}`, unsentMessage(unsent), '', remedy);
}

/** Said until a person has removed the damaged file. */
function salvageCheck(deps: DoctorDeps): readonly Check[] {
  const salvaged = readSalvaged(deps.store);
  return salvaged === undefined ? wentBackCheck(deps) : [{ name: 'database', ...salvagedWords(salvaged) }];
}

/** Others had own batches that were not here any more. Nothing is wrong with the store as it is. */
function wentBackCheck({ store, nowMs }: DoctorDeps): readonly Check[] {
  const backMs = restoredMs(store);
  if (backMs === undefined || nowMs() - backMs > toldForMs) {
    return [];
  }
  const message =
    `On ${new Date(backMs).toISOString()} others gave back what this device had written and its database had lost: the end of ` +
    'it was cut off, or an older copy of it was put back. What was written last and had not been sent is gone.';
  const remedy = 'Look whether what you wrote before that is there. This is said for a week.';
  return [{ name: 'database', ok: true, message, remedy }];
}

function clockCheck({ clock }: RunningParts): Check {
  const fault = clock.untrusted
    ? 'The clock is more than ten minutes behind what this device wrote itself, or behind every other device that was heard of lately.'
    : null;
  return check(
    'clock',
    fault,
    'not behind what was written',
    'Compare it and those of your other devices with a watch: the wrong one may be another. Set that one, and let it be set by the network.',
  );
}

function heartbeatCheck({ heartbeat }: RunningParts): Check {
  const fault = heartbeat.timedOut ? 'The last heartbeat was not through in its time: the audit chain is long.' : null;
  return check('heartbeat', fault, 'in time', 'It goes on by itself. To look at once: sourcesync audit verify');
}

function diskCheck({ standing }: RunningParts): Check {
  const { message, freeBytes } = standing();
  const fine = freeBytes === null ? 'takes what is written' : `takes what is written, ${bytesInWords(freeBytes)} left`;
  return { name: 'disk', ok: message === null, message: message ?? fine, remedy: null };
}

/** Against what each protection helps, and against what it does not. */
function protectionWords(file: KeyFile): string {
  switch (protectionOf(file)) {
    case 'bare':
      return 'a bare file, readable by you alone: no protection against malicious software of the same user, nor against whoever gets the disk or a copy of the file. Better: sourcesync keys protect --passphrase';
    case 'passphrase':
      return 'sealed under your passphrase (Argon2id, 64 MiB): the disk or a copy of the file is of no use without it, as far as it is hard to guess. No protection against malicious software of the same user while the keys are unlocked';
    case 'keyring':
      return 'sealed under a key in the keyring of the system: the disk or a copy of the file is of no use without it. No protection against malicious software of the same user while that user is signed in';
  }
}

function alarmChecks({ replica }: DoctorDeps): readonly Check[] {
  const nameOf = (deviceId: string): string => labelOf(replica, deviceId);
  const open = replica.alarms().filter(({ clearedMs }) => clearedMs === null);
  const named = open.map(
    (alarm): Check => ({
      ...{ name: `alarm ${alarm.kind}`, ok: false, remedy: null },
      message: alarmMessage(alarm, nameOf),
    }),
  );
  return named.length > 0 ? named : [check('alarms', null, 'none stands', '')];
}

function folderCheck({ path, files, pausedReason, rests, notInStep }: FolderBody): Check {
  const [first] = notInStep.first;
  const apart = first && `${notInStep.count} of its files are not in step: ${first.path}: ${first.reason}`;
  return check(
    `folder ${path}`,
    (rests ? null : pausedReason) ?? (notInStep.isLasting ? (apart ?? null) : null),
    rests ? 'rests, as another workspace serves its collection here' : `${files} files in step`,
    first === undefined || notInStep.count > 1 ? `See: sourcesync link ls ${path}` : first.remedy,
  );
}

function auditCheck({ store, replica }: DoctorDeps): Check {
  const verified = verifyCheckpoints(auditEvents(store.audit), store.audit.head(), replica.auditCheckpoints());
  const fault = verified.ok ? null : verified.error.message;
  return check(
    'audit chain',
    fault,
    auditInWords(store.audit),
    'See what can be mended with: sourcesync store rebuild',
  );
}

/** Verifies every batch of every device of a scope: signature, ciphertext hash, chain. */
function chainCheck({ store }: DoctorDeps, scope: ScopeState): Check {
  const name = `log of ${scope.kind} ${scope.scopeId.slice(-8)}`;
  let batches = 0;
  for (const [deviceId] of store.log.heads(scope.scopeId)) {
    let head: ChainHead | null = null;
    for (;;) {
      const rows = store.log.after(scope.scopeId, deviceId, head?.sequence ?? 0, pageBytes);
      if (rows.length === 0) {
        break;
      }
      for (const row of rows) {
        const batch = decodeBatch(row.bytes);
        const verdict = batch.ok ? verifyBatch(batch.value, scope, { head, idAt: () => undefined }) : batch.error;
        if (verdict.verdict !== 'accept') {
          const message = `Batch ${row.sequence} of ${deviceId} does not verify${'message' in verdict ? `: ${verdict.message}` : '.'}`;
          return check(name, message, '', 'Restore this home from a backup, or join again from another device.');
        }
        head = { sequence: row.sequence, batchId: row.batchId };
        batches += 1;
      }
    }
  }
  return check(name, null, `${batches} batches, every signature and chain verified`, '');
}

function recordCheck({ store, bindings }: DoctorDeps): Check {
  let damaged = 0;
  let records = 0;
  for (const { manifest } of bindings.all()) {
    let cursor: string | null = null;
    do {
      const page: ReturnType<Store['records']['list']> = store.records.list(manifest.collection, {
        cursor,
        limit: 1000,
      });
      damaged += page.damaged;
      records += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  const fault = damaged === 0 ? null : `${damaged} stored records are damaged.`;
  return check(
    'records',
    fault,
    `${records} records, every seal opens`,
    'Rebuild them from the log with: sourcesync store rebuild --execute',
  );
}
