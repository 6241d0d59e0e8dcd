import type { FastifyInstance } from 'fastify';
import type { ScopeId } from '../../base/ids.ts';
import { apiOf } from './api-parts.ts';
import { closing } from '../ground/closing.ts';
import { beatLiveness, isCaughtUp } from '../members/liveness-host.ts';
import { goOnWithMembership, keepMembership } from '../members/membership-upkeep.ts';
import { prepareIntake } from '../engines/prepare-intake.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { rememberRelays } from '../relays/lost-relay.ts';
import { recallOutbox, relaysOf } from './relay-parts.ts';
import { announceUntold } from '../keys/scope-names.ts';
import { onOtherFileSizes } from '../chunks/file-sizes.ts';
import { createHomeHealth } from './home-health.ts';
import { mendSalvaged } from '../disk/salvaged.ts';
import { createParts, rescanLinks } from './create-parts.ts';
import { pageOf } from '../page/page-of.ts';
import { noticesOf } from '../notices/notices-of.ts';
import { pairingOf, peopleOf, controlOf } from './services.ts';
const heartbeatIntervalMs = 60_000;

export interface Daemon {
  readonly api: FastifyInstance;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts every part together; nothing runs before `start`. */
export function createDaemon(given: DaemonOptions): Daemon {
  const health = createHomeHealth(given, () => parts.refreshSoon('store'));
  const options = { ...given, home: { ...given.home, store: health.store } };
  const parts = createParts(options, health);
  const pairing = pairingOf(options, parts);
  const notices = noticesOf(options, { ...parts, store: health.vitalStore, guard: health.guard });
  const control = controlOf(options, parts, { pairing, notices });
  const people = peopleOf(options, parts, { pairing, control });
  const page = pageOf(options, parts);
  const api = apiOf(options, parts, { control, people, page, notices });
  let heartbeatTimer: NodeJS.Timeout | undefined;
  const background: { stop(): void }[] = [];

  return {
    api,
    async start() {
      health.start();
      background.push(mendSalvaged({ ...parts, ...options, store: options.home.store }));
      recallOutbox(options, parts);
      health.guard(() => rememberRelays(options.home.store, options.config.current().relays));
      const beat = (): void => void health.guard(() => beatOnce(options, parts));
      const takeUp = (): void => void health.guard(() => takeUpWaiting(options, parts));
      takeUp();
      health.onWell(() => {
        takeUp();
        beat();
        parts.relay?.all.forEach((relay) => relay.storeIsWell());
        rescanLinks(parts, options.log, 'linked folders could not be looked at again');
      });
      options.config.onReload(() => {
        health.guard(parts.policyWatch.look);
        parts.refreshSoon('configuration');
      });
      onOtherFileSizes(
        options.config,
        parts.bindings.all().map(({ manifest }) => manifest.engineId),
        () => rescanLinks(parts, options.log, 'linked folders could not follow another max_file_size'),
      );
      parts.storeHost.start();
      beat();
      heartbeatTimer = setInterval(beat, heartbeatIntervalMs);
      parts.relay = relaysOf(options, parts);
      await parts.links.startAll();
      goOnWithMembership({ log: options.log, keys: options.home.keys.device }, parts);
      parts.states.refresh('started');
      background.push(prepareIntake(parts.replica, parts.later));
      notices.start();
    },
    stop: async () =>
      closing(options.home.store, async () => {
        clearInterval(heartbeatTimer);
        parts.heartbeat.stop();
        background.forEach((one) => one.stop());
        parts.tombstones.stop();
        parts.intake.stop();
        parts.choosing.stop();
        parts.audit.stop();
        parts.sets.stop();
        parts.refreshSoon.cancel();
        pairing.stop();
        people.stop();
        await page.end();
        await notices.stop();
        // First, while a relay is there to take them: the last edits of open editors are written.
        await api.close();
        parts.presence.stop();
        await parts.links.stop();
        parts.large.stop();
        await parts.relay?.stop();
        parts.storeHost.stop();
        health.stop();
        parts.refreshSoon.cancel();
      }),
  };
}

/** A regular look at everything that nobody tells of. */
function beatOnce({ log, home }: DaemonOptions, parts: Parts): void {
  parts.heartbeat.beat();
  parts.policyWatch.look();
  parts.storeHost.releaseMended();
  parts.replica.rejudgeTimed();
  const isHere = (scopeId: ScopeId): boolean => isCaughtUp(parts.replica, parts.relay?.best.state, scopeId);
  beatLiveness(parts.replica, isHere);
  void parts.tombstones.run(isHere);
  keepMembership({ log, keys: home.keys.device }, parts);
  parts.states.refresh('heartbeat');
}

/** What waited for this process, or for a disk that is well. */
function takeUpWaiting(
  { home }: DaemonOptions,
  parts: Pick<Parts, 'bindings' | 'engineSwitch' | 'replica' | 'sets' | 'intake' | 'choosing'>,
): void {
  parts.intake.wake();
  parts.choosing.wake();
  rejudgeAll(parts);
  parts.sets.ownersChanged();
  announceUntold(parts.replica, home.store);
}

/** An upgrade or a new manifest may have brought what waiting changes lacked. */
function rejudgeAll({ bindings, engineSwitch, replica }: Pick<Parts, 'bindings' | 'engineSwitch' | 'replica'>): void {
  replica.rejudgeBatches();
  for (const { manifest } of bindings.all()) {
    replica.upgradeRecords(manifest.collection);
    if (engineSwitch.isEnabled(manifest.engineId)) {
      replica.rejudge(manifest.collection);
    }
  }
}
