import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A systemd of a user, in a name space of its own: what it starts sees no other process, and goes with it. */
export interface UserManager {
  /** Runs a line of shell beside it. */
  run(line: string): Promise<{ readonly code: number; readonly said: string }>;
  close(): Promise<void>;
}

/** It takes root to make the name space, and a kernel that lets systemd have a control group in it. */
export function hasUserManager(): boolean {
  const tried = spawnSync('unshare', ['-m', '--pid', '--fork', '--mount-proc', 'bash', '-c', `${begin('/tmp')}up`], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return tried.status === 0;
}

const begin = (home: string): string => `
set +e
mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/user && chmod 700 /run/user || exit 1
export XDG_RUNTIME_DIR=/run/user HOME='${home}'
unset XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS
/lib/systemd/systemd --user >/dev/null 2>&1 &
up() {
  for _ in $(seq 100); do systemctl --user show-environment >/dev/null 2>&1 && return 0; sleep 0.05; done
  return 1
}
`;

export async function startUserManager(home: string): Promise<UserManager> {
  const child: ChildProcess = spawn('unshare', ['-m', '--pid', '--fork', '--mount-proc', 'bash', '-s'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  child.stdin?.write(begin(home));
  const run: UserManager['run'] = async (line) => {
    child.stdin?.write(`{ ${line}\n} 2>&1 </dev/null; printf '\\nEND %s\\n' $?\n`);
    const said: string[] = [];
    for (;;) {
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true) {
        throw new Error(`the shell ended: ${said.join('\n')}`);
      }
      const [, code] = /^END (\d+)$/.exec(value) ?? [];
      if (code !== undefined) {
        return { code: Number(code), said: said.join('\n').trim() };
      }
      said.push(value);
    }
  };
  await run('up');
  return {
    run,
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      // The first process of a name space takes all others along.
      child.stdin?.end('systemctl --user exit\nexit 0\n');
      await gone;
    },
  };
}
