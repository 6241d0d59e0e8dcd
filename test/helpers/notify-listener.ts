import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A datagram socket as a service manager has it: takes what is told, and closes what comes along, which is the answer to a barrier. */
const listener = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, socket.CMSG_LEN(64))
    for level, kind, payload in ancillary:
        if kind == socket.SCM_RIGHTS:
            fds = array.array("i"); fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
            for fd in fds: os.close(fd)
    for line in data.decode().split("\\n"):
        if line and not line.startswith("BARRIER"): print(line, flush=True)
`;

export interface NotifyListener {
  /** Everything that was told so far, a line each. */
  readonly told: readonly string[];
  /** Resolves once a line was told that is so. */
  until(isIt: (line: string) => boolean): Promise<void>;
  close(): void;
}

export async function listenAt(path: string): Promise<NotifyListener> {
  const child: ChildProcess = spawn('python3', ['-c', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: string[] = [];
  let waiting: (() => void)[] = [];
  const more = async (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
    });
  const first = more();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    told.push(line);
    const woken = waiting;
    waiting = [];
    woken.forEach((wake) => wake());
  });
  await first;
  told.shift();
  return {
    told,
    async until(isIt) {
      while (!told.some(isIt)) {
        await more();
      }
    },
    close: () => void child.kill(),
  };
}
