import type { EncryptionScope } from '../../contract/manifest.ts';
import type { RelayBody } from '../types/bodies.ts';
import type { NotSyncedBody } from '../types/explain.ts';
import { counted } from '../../base/counted.ts';

/** What is looked at to say why a record is not on the other devices. */
export interface SyncFacts {
  readonly collection: string;
  readonly id: string;
  readonly engine: {
    readonly engineId: string;
    readonly enabled: boolean;
    readonly scope: EncryptionScope;
    /** A scope of that kind is held, with its key. */
    readonly scopeHeld: boolean;
    /** Reason codes with which policy denies it; undefined where it does not. */
    readonly denied: readonly string[] | undefined;
  };
  readonly paused: boolean;
  readonly relay: RelayBody;
  /** Why a file of a linked folder is no record, or not this one. */
  readonly fileProblem: string | undefined;
  /** Changes of the record that are known here. */
  readonly changes: number;
  readonly quarantined: readonly { readonly id: string; readonly reasonCode: string; readonly message: string }[];
  /** Changes that wait, and are not in quarantine. */
  readonly waiting: number;
  /** Open proposals. */
  readonly proposals: readonly string[];
  readonly braked: boolean;
  /** Own changes that no relay has confirmed: the highest of their sequences and the last that is confirmed. */
  readonly unconfirmed: { readonly sequence: number; readonly confirmed: number } | undefined;
}

type Rule = (facts: SyncFacts) => readonly NotSyncedBody[];

/** Everything that is in the way, what a person can change first; empty for a record that is synced. */
export function notSynced(facts: SyncFacts): readonly NotSyncedBody[] {
  return rules.flatMap((rule) => rule(facts));
}

const rules: readonly Rule[] = [
  ({ fileProblem, id }) =>
    fileProblem === undefined
      ? []
      : [
          one(
            'file_problem',
            null,
            `The file ${id} needs attention: ${fileProblem}`,
            'Mend the file; it is then looked at again. See: sourcesync link ls',
          ),
        ],
  ({ changes, collection, id, fileProblem }) =>
    changes > 0 || fileProblem !== undefined
      ? []
      : [
          one(
            'unknown_record',
            null,
            `No change of ${collection}/${id} is in the log of this device.`,
            `Look for its id with: sourcesync records ls ${collection}`,
          ),
        ],
  ({ engine }) =>
    engine.enabled
      ? []
      : [
          one(
            'engine_disabled',
            null,
            `${engine.engineId} is switched off here.`,
            `Switch it on with: sourcesync engines enable ${engine.engineId}`,
          ),
        ],
  ({ paused }) =>
    paused ? [one('sync_paused', null, 'Sync is paused on this device.', 'Go on with: sourcesync sync resume')] : [],
  ({ engine: { scope } }) =>
    scope === 'device' || scope === 'vault'
      ? [
          one(
            'stays_on_device',
            null,
            `Records of scope ${scope} never leave this device, by design.`,
            'Nothing needs to be done.',
          ),
        ]
      : [],
  ({ engine: { denied, engineId } }) =>
    denied === undefined
      ? []
      : [
          one(
            'policy',
            denied[0] ?? 'policy_denied',
            `Policy denies ${engineId} here (${denied.join(', ')}).`,
            'See which rule with: sourcesync policy explain',
          ),
        ],
  ({ engine: { scope, scopeHeld } }) =>
    scopeHeld || scope === 'device' || scope === 'vault'
      ? []
      : [one('no_scope', null, `This device holds no ${scope} scope, or not its key.`, 'See: sourcesync scopes ls')],
  ({ quarantined }) =>
    quarantined.map(({ id, reasonCode, message }) =>
      one(
        'quarantined',
        reasonCode,
        `A change is held without effect: ${message}`,
        `Look at it with: sourcesync quarantine show ${id}`,
      ),
    ),
  ({ waiting }) =>
    waiting === 0
      ? []
      : [
          one(
            'waiting_for_parent',
            null,
            `${counted(waiting, 'change waits', 'changes wait')} for an earlier one that has not arrived, or for the engine.`,
            'It is judged by itself once that is here. Ask for it with: sourcesync sync now',
          ),
        ],
  ({ proposals }) =>
    proposals.map((id) =>
      one(
        'under_review',
        'manual_review_required',
        'A change of another device waits for a decision.',
        `Decide with: sourcesync reviews show ${id}`,
      ),
    ),
  ({ braked, collection }) =>
    braked
      ? [
          one(
            'brake',
            'manual_review_required',
            `A mass change of ${collection} is held.`,
            'Decide with: sourcesync reviews ls',
          ),
        ]
      : [],
  relayRule,
  ({ unconfirmed }) =>
    unconfirmed === undefined
      ? []
      : [
          one(
            'not_acknowledged',
            null,
            `It is in batch ${unconfirmed.sequence} of this device, and a relay has confirmed up to ${unconfirmed.confirmed}.`,
            'Wait for the relay, or ask now with: sourcesync sync now',
          ),
        ],
];

function relayRule({ relay, engine: { scope } }: Pick<SyncFacts, 'engine' | 'relay'>): readonly NotSyncedBody[] {
  if (scope === 'device' || scope === 'vault') {
    return [];
  }
  switch (relay.state) {
    case 'online':
    // Told of by a rule of its own.
    case 'paused':
      return [];
    case 'none':
      return [
        one(
          'no_relay',
          null,
          'No relay is configured: everything stays on this device.',
          'Name one as relay.url in the configuration.',
        ),
      ];
    case 'untrusted':
    case 'refused':
      return [
        one('relay', 'relay_untrusted', `The relay is ${relay.state}${because(relay)}.`, 'See: sourcesync doctor'),
      ];
    case 'offline':
    case 'connecting':
    case 'authenticating':
      return [
        one(
          'relay',
          null,
          `The relay is not connected (${relay.state})${because(relay)}.`,
          'It is tried again by itself; try now with: sourcesync sync now',
        ),
      ];
  }
}

function because({ reason, nextAttemptAt }: RelayBody): string {
  return `${reason === null ? '' : `: ${reason}`}${nextAttemptAt === null ? '' : `; next attempt ${nextAttemptAt}`}`;
}

function one(cause: NotSyncedBody['cause'], reasonCode: string | null, message: string, remedy: string): NotSyncedBody {
  return { cause, reasonCode, message, remedy };
}
