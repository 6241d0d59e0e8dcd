import { localTime } from '../../base/local-time.ts';
import type { StatusBody } from '../types/bodies.ts';
import type { GlanceBody } from '../types/glance.ts';
import { counted } from '../../base/counted.ts';
import { notInStepCount, waitingIn } from './glance-waits.ts';

function glanceOf(status: Omit<StatusBody, 'glance'>): GlanceBody {
  if (status.keys.locked) {
    return { state: 'locked', sentence: status.keys.message ?? 'the keys of this device are locked', waits: [] };
  }
  if (status.device.revoked) {
    return { state: 'revoked', sentence: 'this device was revoked: nothing is synced any more', waits: [rejoining] };
  }
  const waiting = waitingIn(status);
  const parts = partsOf(
    status,
    waiting.filter(({ isCounted }) => isCounted).reduce((sum, { count }) => sum + count, 0),
  );
  const [first] = parts;
  return {
    state: first?.state ?? 'in_step',
    sentence:
      first === undefined
        ? inStepWords(status)
        : [...parts.map(({ words }) => words), ...(isAlone(status) ? [aloneWords] : [])].join(' · '),
    waits: waiting.map(({ what, count, command }) => ({ what, count, command })),
    ...notesOf(status),
  };
}

/** A hook is the person's own program: that it fails makes nothing unwell, and nothing waits for it. */
function notesOf({ failingHooks = [] }: Pick<StatusBody, 'failingHooks'>): Pick<GlanceBody, 'notes'> {
  const [first, ...others] = failingHooks;
  if (first === undefined) {
    return {};
  }
  const names = failingHooks.slice(0, mostNames).join(', ');
  const more = failingHooks.length > mostNames ? ` and ${failingHooks.length - mostNames} more` : '';
  const verb = others.length === 0 ? 'fails' : 'fail';
  return { notes: [`${counted(failingHooks.length, 'hook')} ${verb}: ${names}${more}. See: sourcesync hooks ls`] };
}

const mostNames = 3;

/** A status with how all of it stands in one sentence, from the rest alone: whoever shows it says the same. */
export function withGlance(standing: Omit<StatusBody, 'glance'>): StatusBody {
  return { glance: glanceOf(standing), ...standing };
}

const rejoining: GlanceBody['waits'][number] = {
  what: 'this device was revoked; it can come back with another home',
  count: 1,
  command: 'sourcesync --home DIR pair join CODE',
};

const aloneWords = 'no relay is configured';

interface Part {
  readonly state: GlanceBody['state'];
  readonly words: string;
}

function partsOf(status: Omit<StatusBody, 'glance'>, waitCount: number): readonly Part[] {
  const { engines, folders, relays, sync } = status;
  const away = relayAway(status);
  const { state: disk } = status.store;
  // What nobody is there to take is not on its way.
  const unsentCount =
    relays.length === 0 ? 0 : engines.reduce((sum, { enabled, counts }) => sum + (enabled ? counts.outbox : 0), 0);
  const apartCount = notInStepCount(folders);
  const isReading = folders.some(({ state }) => state === 'scanning');
  const isReceiving = engines.some(({ state }) => state === 'engine_syncing');
  return [
    ...part(disk === 'full' || disk === 'failing', 'disk', `the disk is ${disk}: nothing can be written`),
    ...part(waitCount > 0, 'waits', `${waitCount} ${waitCount === 1 ? 'waits' : 'wait'} for you`),
    ...part(apartCount > 0, 'not_in_step', `${counted(apartCount, 'file')} not in step yet`),
    ...part(sync.paused, 'paused', 'sync is paused: sourcesync sync resume'),
    ...part(away !== undefined, 'relay_away', away ?? ''),
    ...part(
      unsentCount > 0 || isReading || isReceiving,
      'syncing',
      unsentCount > 0 && away !== undefined
        ? `${counted(unsentCount, 'change')} to be sent`
        : `syncing${unsentCount > 0 ? ` ${unsentCount}` : ''}`,
    ),
  ];
}

function part(holds: boolean, state: GlanceBody['state'], words: string): readonly Part[] {
  return holds ? [{ state, words }] : [];
}

/** No relay is meant to be there: one that is missed is among what waits. */
function isAlone({ relay, relays }: Pick<StatusBody, 'relay' | 'relays'>): boolean {
  return relays.length === 0 && relay.reason === null;
}

/** What cannot be reached, and since when where an engine tells it; undefined where one answers, or none is meant to. */
function relayAway({ relays, sync, engines }: Pick<StatusBody, 'relays' | 'sync' | 'engines'>): string | undefined {
  if (sync.paused || relays.length === 0 || relays.some(({ state }) => state === 'online')) {
    return undefined;
  }
  const refusing = relays.find(({ state }) => state === 'refused' || state === 'untrusted');
  if (refusing !== undefined) {
    return refusing.state === 'refused' ? 'the relay refuses this device' : 'the relay is not the one that is trusted';
  }
  const [since] = engines
    .filter(({ state }) => state === 'relay_unreachable' || state === 'network_down')
    .map(({ since: at }) => at)
    .sort();
  return `cannot reach the relay${since === undefined ? '' : ` since ${localTime(since)}`}`;
}

function inStepWords({ relays, folders, devices }: Pick<StatusBody, 'relays' | 'folders' | 'devices'>): string {
  const behind = devices.filter(({ inStep }) => inStep === false).length;
  const others = `${counted(devices.length, 'other device')}${behind === 0 ? '' : `, ${behind} of them behind`}`;
  const followed = new Set(folders.filter(({ rests }) => !rests).map(({ path }) => path));
  const where = [
    ...(followed.size === 0 ? [] : [counted(followed.size, 'folder')]),
    ...(devices.length === 0 ? [] : [others]),
  ];
  const alone = relays.length === 0 ? ` on this device alone: ${aloneWords}` : '';
  return `in step${alone}${where.length === 0 ? '' : ` (${where.join(', ')})`}`;
}
