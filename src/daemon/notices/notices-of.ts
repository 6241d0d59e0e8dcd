import type { Logger } from 'pino';
import type { NoticesPort } from '../../api/ports/notices-port.ts';
import type { EventSource } from '../../api/ports/port.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { countsHere } from '../engines/counts-here.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { createHooks } from './hooks.ts';
import { createQueueWatch } from './queue-watch.ts';
import { desktopOf } from './show-on-desktop.ts';

interface NoticesOptions {
  readonly paths: Pick<HomePaths, 'config'>;
  readonly config: ConfigInForce;
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
}

interface NoticesParts {
  readonly events: Pick<EventSource, 'subscribe'>;
  readonly bindings: Bindings;
  readonly engineSwitch: { isEnabled(engineId: string): boolean };
  readonly replica: Pick<Replica, 'authorityLacked'>;
  /** Its settings take what is written while the disk is low, too. */
  readonly store: Pick<Store, 'records' | 'settings'>;
  readonly guard: (work: () => void) => boolean;
}

export interface Notices extends NoticesPort {
  failingHooks(): readonly string[];
  start(): void;
  stop(): Promise<void>;
}

const test = { title: 'SourceSync', text: 'This is how you are told that something waits for you.' };

/** What an open home tells outside of itself. */
export function noticesOf({ paths, config, log }: NoticesOptions, parts: NoticesParts): Notices {
  const { events, bindings, engineSwitch, store, replica, guard } = parts;
  const show = desktopOf(process.env);
  const isEnabled = (): boolean => config.current().notifications;
  const watch = createQueueWatch({
    ...{ events, settings: store.settings, isEnabled, guard },
    countWaiting: () =>
      bindings
        .all()
        .filter(({ manifest }) => engineSwitch.isEnabled(manifest.engineId))
        .map(({ manifest }) => countsHere(store, replica, manifest.collection))
        .reduce((sum, { review, conflicts, quarantined }) => sum + review + conflicts + quarantined, 0),
    show(notification) {
      void show(notification).then((reason) => {
        if (reason !== undefined) {
          // Machines without a desktop are many.
          log.debug({ reason }, 'no notification was shown');
        }
      });
    },
  });
  const hooks = createHooks({
    ...{ events, config, log, configPath: paths.config, environment: process.env, nowMs: Date.now },
  });
  return {
    start() {
      watch.start();
      hooks.start();
    },
    async stop() {
      watch.stop();
      await hooks.stop();
    },
    hooks: hooks.hooks,
    failingHooks: hooks.failing,
    testHook: hooks.testHook,
    async showTest() {
      const reason = (await show(test)) ?? null;
      return { shown: reason === null, reason, enabled: isEnabled() };
    },
  };
}
