import type { Logger } from 'pino';
import type { DeviceKeys } from '../../crypto/keys.ts';
import type { Replica } from '../../replica/port.ts';
import { takeResolutions } from './fork-watch.ts';
import type { MembershipHost } from './membership-host.ts';
import type { RelayHosts } from '../relays/relay-hosts.ts';

interface Parts {
  readonly membership: MembershipHost;
  readonly replica: Replica;
  readonly relay: RelayHosts | undefined;
}

// Nobody waits for these, and the store may be closed under them when the keys are locked: they go on when it is open
// again.

interface Context {
  readonly log: Logger;
  readonly keys: DeviceKeys;
}

/** When the relay answers: goes on with rotations and revocations that were begun. */
export function goOnWithMembership(context: Context, parts: Parts): void {
  parts.membership.goOn().catch((cause: unknown) => {
    context.log.warn({ err: cause }, 'what is pending in a membership log waits');
  });
  takeDecidedLogs(context, parts);
}

/** Regularly: replaces old keys. */
export function keepMembership(context: Context, parts: Parts): void {
  parts.membership.rotateOld(Date.now()).catch((cause: unknown) => {
    context.log.warn({ err: cause }, 'old keys are not replaced yet');
  });
  takeDecidedLogs(context, parts);
}

/** What a root decided about logs that forked. */
function takeDecidedLogs({ log, keys }: Context, { replica, relay }: Parts): void {
  if (relay?.first.state.state !== 'online') {
    return;
  }
  takeResolutions(replica, relay.first.address, keys).then(
    (settled) => {
      for (const scopeId of settled) {
        log.info({ scopeId }, 'the membership log that its root decided for was taken');
        relay.scopeAdded(scopeId);
      }
    },
    (cause: unknown) => {
      log.warn({ err: cause }, 'a forked membership log could not be looked up');
    },
  );
}
