import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageBody, RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { command } from '../bench/stage/device.ts';
import { type RunningProcess, startProcess } from '../bench/stage/processes.ts';

type Environment = Readonly<Record<string, string>>;

/** A device of a round: its home, its linked folder, its daemon, and what its person sees. */
export interface Member {
  readonly name: 'a' | 'b';
  readonly home: string;
  /** The linked folder of notes. */
  readonly files: string;
  readonly database: string;
  readonly client: Client;
  readonly isRunning: boolean;
  readonly pid: number;
  /** The same environment as before where none is given. */
  start(environment?: Environment): Promise<void>;
  kill(): Promise<void>;
  /** Undefined where nobody answers. */
  status(): Promise<StatusBody | undefined>;
  /** Every record, by collection and id; undefined where nobody answers. */
  shown(): Promise<ReadonlyMap<string, string> | undefined>;
  /** What the open questions about versions written apart keep, live or not, by collection and id. */
  asked(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The last lines that its daemon printed. */
  lastWords(): string;
}

const answerMs = 15_000;

export function createMember(root: string, name: 'a' | 'b'): Member {
  const home = join(root, name);
  const logPath = join(root, `${name === 'a' ? 'first' : 'second'}.log`);
  const client = createClient({
    socketPath: join(home, 'run', 'api.sock'),
    token: readFileSync(join(home, 'state', 'keys', 'api.token'), 'utf8').trim(),
    timeoutMs: answerMs,
  });
  let daemon: RunningProcess | undefined;
  let environment: Environment = {};

  return {
    ...{ name, home, client },
    files: join(root, `${name}-files`),
    database: join(home, 'state', 'sourcesync.db'),
    get isRunning(): boolean {
      return daemon?.isRunning === true;
    },
    get pid(): number {
      return daemon?.pid ?? 0;
    },
    async start(given = environment) {
      environment = given;
      daemon = await startProcess([command, 'daemon', 'run', '--home', home, '--json'], logPath, environment);
    },
    kill: async () => daemon?.kill(),
    async status() {
      const answer = await client.status();
      return answer.ok ? answer.value : undefined;
    },
    async shown() {
      const shown = new Map<string, string>();
      for (const collection of ['workspace', 'notes']) {
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<Client['records']>> = await client.records(collection, {
            limit: 1000,
            ...(cursor === null ? {} : { cursor }),
          });
          if (!page.ok) {
            return undefined;
          }
          addTo(shown, page.value);
          cursor = page.value.nextCursor;
        } while (cursor !== null);
      }
      return shown;
    },
    async asked() {
      const page = await client.reviews({ limit: 1000 });
      const items = page.ok ? page.value.items.filter(({ kind }) => kind === 'conflict') : [];
      const asked = new Map<string, readonly string[]>();
      for (const { id, collection, recordId } of items) {
        const item = await client.review(id);
        const texts = item.ok ? item.value.alternatives.map(({ value }) => String(value)) : [];
        asked.set(`${collection} ${recordId}`, texts);
      }
      return asked;
    },
    lastWords: () => lastLines(logPath),
  };
}

export function lastLines(logPath: string): string {
  return readFileSync(logPath, 'utf8').trim().split('\n').slice(-3).join('\n').slice(-600);
}

function addTo(shown: Map<string, string>, { items }: PageBody<RecordBody>): void {
  for (const { id, collection, fields } of items) {
    shown.set(`${collection} ${id}`, String(fields?.['title'] ?? fields?.['text']));
  }
}
