// A process that does one thing to a store, says so, and waits to be killed.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { historyRow, recordRow } from '../../contract/store-rows.ts';
import { testKeys } from './store-home.ts';

const [task = '', path = '', fatalStep = ''] = process.argv.slice(2);
const options = {
  path,
  ...testKeys,
  program: '1.2.3',
  randomBytes: (size: number) => new Uint8Array(randomBytes(size)),
};

function say(word: string): void {
  writeSync(1, `${word}\n`);
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable after a kill');
}

function open(): Store {
  const store = openSqliteStore(options);
  if (!store.ok) {
    throw new Error(store.error.message);
  }
  return store.value;
}

switch (task) {
  case 'hold': {
    const store = open();
    say('open');
    // The store is named here so that it is not collected, which would close it.
    setInterval(() => store.settings.get('label'), 1000);
    break;
  }
  case 'commit-and-die': {
    const store = open();
    for (let number = 0; ; number++) {
      store.transaction(() => {
        store.records.put(recordRow(`r${number}`));
        store.history.addIfAbsent(historyRow(number));
      });
      say(String(number));
    }
  }
  case 'die-in-transaction': {
    const store = open();
    store.transaction(() => store.records.put(recordRow('kept')));
    say('kept');
    store.transaction(() => {
      store.records.put(recordRow('lost'));
      die();
    });
    break;
  }
  case 'die-in-upgrade': {
    const opened = openSqliteStore({
      ...options,
      onUpgrade(step) {
        if (step === fatalStep) {
          die();
        }
      },
    });
    throw new Error(opened.ok ? 'the upgrade came to its end' : opened.error.message);
  }
  default:
    throw new Error(`no such task: ${task}`);
}
