import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { type PassphraseCost, keyFromPassphrase } from '../../crypto/passphrase.ts';

/** The whole program of a thread that derives one key and ends. */

export interface PassphraseTask {
  readonly passphrase: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array;
  readonly cost: PassphraseCost;
}

const { passphrase, salt, cost } = workerData as PassphraseTask;
const key = keyFromPassphrase(passphrase, salt, cost);
passphrase.fill(0);
assert(parentPort !== null && key !== undefined, 'the daemon starts this program as a thread, with an accepted cost');
const answer = new Uint8Array(key);
key.fill(0);
parentPort.postMessage(answer, [answer.buffer]);
