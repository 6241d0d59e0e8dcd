import { writeFileSync } from 'node:fs';
import { usageOf } from '../bench/stage/usage.ts';
import { come } from './come.ts';
import type { Fault } from './fault.ts';
import {
  type Stranger,
  byteByByte,
  comesAndGoes,
  dialler,
  halfFrame,
  helloWithoutProof,
  silent,
  wrongProtocol,
} from './stranger.ts';
import type { World } from './world.ts';

const many = 1000;
const few = 100;
const mebibyte = 1024 * 1024;
const half = 2.5 * mebibyte;
/** Of many strangers a part of that stands in for it: it would be gigabytes in this process. */
const piece = 16 * 1024;
/** What a hundred of them may cost, at most. */
const mostMiB = 30;
const crossings = 10;

/** Crowds of strangers at the relay, while both devices go on. */
export const strangerFaults: readonly Fault[] = [
  ...crowds(many),
  crowd('half a frame of 5 MiB declared', few, halfFrame(half), mostMiB),
];

export const shortStrangerFaults: readonly Fault[] = [
  ...crowds(few).filter(({ name }) => !name.includes('half a frame')),
  crowd('half a frame of 5 MiB declared', few, halfFrame(half), mostMiB),
];

function crowds(count: number): readonly Fault[] {
  return [
    crowd('open and silent', count, silent),
    crowd('half a frame of 5 MiB declared', count, halfFrame(piece)),
    crowd('a byte a second', count, byteByByte),
    crowd('wrong protocol', count, wrongProtocol),
    crowd('hello without proof', count, helloWithoutProof),
    crowd('connect and drop', count, comesAndGoes),
  ];
}

function crowd(kind: string, count: number, enter: Stranger, most = Number.POSITIVE_INFINITY): Fault {
  return {
    name: `${count} strangers: ${kind}`,
    mustBeSaid: () => false,
    async strike(world) {
      const { relay } = world;
      forgetPeak(relay.pid);
      const before = usageOf(relay.pid).residentMiB;
      const { dial, close } = dialler(relay.url);
      for (let index = 0; index < count; index++) {
        enter(dial);
      }
      const slowestMs = await slowestCrossing(world);
      const said = await metricsOf(relay.metricsUrl);
      const grownMiB = usageOf(relay.pid).peakMiB - before;
      return {
        said: async () => said,
        async end() {
          close();
          return undefined;
        },
        figure: () => `${grownMiB.toFixed(1)} MiB more at most, slowest crossing ${Math.round(slowestMs)} ms`,
        excess: () => (grownMiB < most ? undefined : `cost ${grownMiB.toFixed(1)} MiB, more than ${most}`),
      };
    },
  };
}

/** How long the slowest of some records took from one device to the other, in ms. */
async function slowestCrossing({ a, b }: World): Promise<number> {
  let slowestMs = 0;
  for (let number = 0; number < crossings; number++) {
    const startedMs = performance.now();
    await a.client.putRecord('workspace', 'crossing', { kind: 'task', title: `crossing ${number}` });
    await come(60_000, async () => {
      const found = await b.client.record('workspace', 'crossing');
      return found.ok && found.value.fields?.['title'] === `crossing ${number}`;
    });
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  return slowestMs;
}

/** What the relay tells its operator of strangers. */
async function metricsOf(url: string): Promise<string> {
  const text = await (await fetch(url)).text();
  const figures = ['strangers', 'waiting', 'cut_total'].map((name) => {
    const value = new RegExp(`^sourcesync_relay_${name} (\\d+)$`, 'm').exec(text)?.[1];
    return `${name} ${value ?? 'unknown'}`;
  });
  return `metrics: ${figures.join(', ')}`;
}

/** The kernel counts the most memory of a process from now on. */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
