import type { Fault } from './fault.ts';
import { saidOfRelay } from './said.ts';
import { type SlowLink, openSlowLink } from './slow-link.ts';

/** A link that nobody ended and over which nothing comes is noticed by its silence. */
const silenceMs = 90_000;
/** Too short to be noticed. */
const momentMs = 2000;

function halfOpen(isNoticed: boolean): Fault {
  return {
    name: 'half-open link (the relay is stopped, then goes on)',
    ...patience(isNoticed),
    async strike({ relay }) {
      process.kill(relay.pid, 'SIGSTOP');
      return {
        said: async ({ a }) => saidOfRelay(a),
        async end() {
          process.kill(relay.pid, 'SIGCONT');
          return undefined;
        },
      };
    },
  };
}

function slow(isNoticed: boolean): Fault {
  let link: SlowLink;
  return {
    name: 'link of 1 byte/s',
    ...patience(isNoticed),
    async prepare() {
      link = await openSlowLink();
      return {
        publicUrl: link.url,
        address(relayUrl) {
          link.passTo(relayUrl);
          return link.url;
        },
        close: link.close,
      };
    },
    async strike() {
      link.trickle();
      return {
        said: async ({ a }) => saidOfRelay(a),
        async end() {
          link.flow();
          return undefined;
        },
      };
    },
  };
}

function patience(isNoticed: boolean): Pick<Fault, 'sayWithinMs' | 'mustBeSaid' | 'lastsMs'> {
  return isNoticed ? { sayWithinMs: silenceMs } : { sayWithinMs: momentMs, lastsMs: momentMs, mustBeSaid: () => false };
}

export const linkFaults: readonly Fault[] = [halfOpen(true), slow(true)];
export const shortLinkFaults: readonly Fault[] = [halfOpen(false), slow(false)];
