import type { JsonObject } from '../../src/base/json.ts';
import type { Result } from '../../src/base/result.ts';
import type { ClientFault } from '../../src/client/client.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from './processes.ts';

/** A home whose page is looked at (`laptop`), and the one that writes what waits there. */
export interface PageStage extends Pick<Stage, 'close' | 'root' | 'home'> {
  readonly desk: Home;
  readonly laptop: Home;
  /** An address that opens the page of the laptop once. */
  address(): Promise<string>;
  /** Writes a record of the shell on the desk, and waits until the laptop is asked about it. */
  propose(id: string, fields: JsonObject): Promise<void>;
  /** How many items wait on the laptop. */
  waiting(): Promise<number>;
}

export async function openPageStage(): Promise<PageStage> {
  const stage = await openStage();
  const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
  const [ofDesk, ofLaptop] = [desk.client(), laptop.client()];
  for (const client of [ofDesk, ofLaptop]) {
    valueOf(await client.enable('sourceos.sync.shell'));
  }
  const waiting = async (): Promise<number> => valueOf(await ofLaptop.engine('sourceos.sync.shell')).counts.review;
  return {
    ...{ root: stage.root, close: stage.close, home: stage.home, desk, laptop, waiting },
    address: async () => valueOf(await laptop.client().openPage()).url,
    async propose(id, fields) {
      const before = await waiting();
      valueOf(await ofDesk.putRecord('shell', id, fields));
      await until(`the laptop is asked about ${id}`, async () => (await waiting()) > before);
    },
  };
}

/** The value of an answer; throws in words where there is none. */
export function valueOf<T>(answer: Result<T, ClientFault>): T {
  if (!answer.ok) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.value;
}

/** An alias of bash as a place of the workstation has it. */
export function alias(name: string, command: string): JsonObject {
  return { kind: 'alias', name, shell: 'bash', body: `alias ${name}='${command}'` };
}

/** A function of bash, on several lines. */
export function shellFunction(name: string, ...lines: readonly string[]): JsonObject {
  return {
    kind: 'function',
    name,
    shell: 'bash',
    body: `${name}() {\n${lines.map((line) => `  ${line}\n`).join('')}}`,
  };
}
