import { execFile } from 'node:child_process';

/** The service manager that started this process, if one did and wants to hear of it (sd_notify). */
export interface ManagerTold {
  /** It does its work from now on; `says` is asked again with every sign of life. */
  ready(says: () => string): void;
  /** It is at its end. Resolves once that was told. */
  stopping(): Promise<void>;
}

/** Three signs of life in the time after which the manager ends a process that gives none. */
const signsInTime = 3;
const tellMs = 10_000;

/**
 * Node has no datagram sockets of Unix, so systemd-notify speaks for it: a few milliseconds, once a minute. The signs of life
 * come out of the event loop: one that is stuck gives none.
 */
export function createManagerTold(environment: NodeJS.ProcessEnv, warn: (message: string) => void): ManagerTold {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched, PATH: path } = environment;
  if (socket === undefined || socket === '') {
    return { ready: () => undefined, stopping: async () => undefined };
  }
  let timer: NodeJS.Timeout | undefined;
  let hasWarned = false;
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;

  /** One after the other, in the order in which they were said. */
  async function tell(...words: readonly string[]): Promise<void> {
    waiting += 1;
    last = last
      .then(async () => tellOnce(words))
      .finally(() => {
        waiting -= 1;
      });
    return last;
  }

  async function tellOnce(words: readonly string[]): Promise<void> {
    const env = { NOTIFY_SOCKET: socket, PATH: path };
    return new Promise((resolve) => {
      execFile('systemd-notify', words, { env, timeout: tellMs }, (error) => {
        if (error !== null && !hasWarned) {
          hasWarned = true;
          warn(`the service manager cannot be told how this process is: ${error.message.trim()}`);
        }
        resolve();
      });
    });
  }

  return {
    ready(says) {
      void tell('READY=1', `STATUS=${oneLine(says())}`);
      const isForUs = watched === undefined || watched === String(process.pid);
      const everyMs = Number(watchdog) / 1000 / signsInTime;
      if (isForUs && everyMs > 0) {
        timer = setInterval(() => {
          // One that is still under way is sign enough.
          if (waiting === 0) {
            void tell('WATCHDOG=1', `STATUS=${oneLine(says())}`);
          }
        }, everyMs);
        timer.unref();
      }
    },
    async stopping() {
      clearInterval(timer);
      await tell('STOPPING=1', 'STATUS=Stopping');
    },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
