import type { ReasonCode } from '../contract/reasons.ts';
import type { EngineState } from '../contract/states.ts';

const words: Readonly<Record<EngineState, string>> = {
  disabled:
    'Sync is paused on this device. Nothing is sent or received for any engine; your edits are kept and go out, in order, when you resume with "sourcesync sync resume".',
  engine_disabled:
    'This engine is switched off on this device. Its records stay where they are and are not sent or received. Switch it on with "sourcesync engines enable"; "sourcesync engines plan" first shows what would move.',
  missing_identity:
    'This device does not belong to a person yet, so nothing can be signed in your name. Run "sourcesync init" for a new identity, or "sourcesync pair join" to join one you already have.',
  missing_device_key:
    'The device\'s own keys cannot be used: they are absent, locked or unreadable. Unlock the keyring or give the passphrase; "sourcesync doctor" says which of these it is. Without the keys nothing is sent, received or shown.',
  not_configured:
    'The engine lacks something it cannot do without: no workspace or organisation of the kind it needs has been joined, or the folder it reads from is not linked. Join the scope, or link the source with "sourcesync link".',
  auth_pending:
    'Joining is under way. Either another of your devices must approve this one, or the relay has not yet accepted who this device is. Nothing moves until then, and nothing is lost.',
  missing_workspace_key:
    'This device is a member, but does not hold the key now in use: the one that the membership log holds for it does not open here. It can neither read what is new nor write, and nothing is lost. On a device that administers the scope run "sourcesync keys rotate --execute": it gives every member a new key, with which what came meanwhile opens too.',
  policy_blocked:
    'A policy forbids this engine here. Nothing is sent or received; local records stay as they are. "sourcesync policy explain" shows the rule and the layer it comes from.',
  quarantined:
    'The engine as a whole is isolated because something it relies on does not add up: a broken audit chain, two histories of the membership log, or a manifest that this version cannot read. Nothing moves until it is resolved; "sourcesync doctor" names the cause.',
  conflict_detected:
    'Two devices changed the same thing without knowing of each other. One value is live and every other is kept; choose with "sourcesync reviews ls". All other records go on syncing.',
  review_required:
    'Something waits for your decision before it becomes live here: a proposed change, or one after which much that you have would be gone, and which the brake has stopped. See "sourcesync reviews ls". All other records go on syncing.',
  degraded:
    'The engine works, but not fully: the relay does not take what is sent ("sourcesync status" says why), a heartbeat was not through in its time, the disk of this home is nearly full or takes nothing, the clock cannot be trusted, a device has been silent for long, records are held in quarantine, or records need something of an owner\'s set that was not taken. Its causes and "sourcesync doctor" say which.',
  local_only:
    'By design nothing leaves this device: the collection stays here, no relay is configured, or local-only is set. Records, history and review work as usual.',
  network_down:
    'There is no network. Everything works locally; changes wait in order and go out as soon as the network is back.',
  network_untrusted:
    'The relay that answers is not the one this device was told to trust: its TLS identity differs from the pinned one. Nothing is sent to it. Check the network for interception, or pin the new identity if the operator announced the change.',
  relay_unreachable:
    'The network works, but the relay does not answer. Changes wait in order and the next attempt is scheduled; there is nothing you need to do unless it lasts.',
  engine_syncing:
    'Changes are on their way, or the relay is still being asked what there is. This usually takes moments. Do not take the records for complete yet.',
  engine_dirty:
    'There are changes on this device that the relay has not yet confirmed as safely stored. They exist only here until then.',
  engine_current:
    'Everything written here is safely stored at the relay, and everything the relay holds is applied here. The next heartbeat will check the store and the audit chain as well.',
  healthy:
    'Everything is in sync, and the last heartbeat verified the store, the audit chain and what the other devices have seen. There is nothing to do.',
};

const revoked =
  'This device was revoked: nothing that it writes counts any more, and nothing new is readable here. What it held stays. To use it again, set up another home with "sourcesync pair join" and a code from one of your devices.';

/** One paragraph for people: what the state means and what to do next. */
export function describeState(state: EngineState, reasonCodes: readonly ReasonCode[] = []): string {
  return state === 'policy_blocked' && reasonCodes.includes('capability_expired') ? revoked : words[state];
}
