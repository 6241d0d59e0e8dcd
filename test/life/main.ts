import { randomInt } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLedger } from './ledger.ts';
import { createLossBook } from './loss-book.ts';
import { type Options, optionsOf } from './options.ts';
import { scenes } from './people/all.ts';
import { hasGit, programmer } from './people/programmer.ts';
import { play } from './play.ts';
import { devicesOf, folderKinds } from './product/port.ts';
import { openRealPair } from './product/real-pair.ts';
import { type Report, linesOf, reportOf } from './report.ts';
import { timetableOf } from './timetable.ts';
import { createTally, faultKinds } from './tally.ts';
import { createTreeReader } from './tree.ts';

const patienceMs = 20_000;
const archiveFiles = 400;
const exitCodes = { passed: 0, failed: 1, usage: 2, interrupted: 130 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const options = optionsOf(words, () => 1 + randomInt(1_000_000));
  if (!options.ok) {
    process.stderr.write(`${options.error}\n`);
    return exitCodes.usage;
  }
  const { json } = options.value;
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  const report = await live(options.value, say);
  if (json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    linesOf(report).forEach(say);
  }
  return report.passed ? (report.isInterrupted ? exitCodes.interrupted : exitCodes.passed) : exitCodes.failed;
}

/** Lives in a folder of its own, which stays where something is wrong. */
async function live({ minutes, seed, scenes: sceneCount }: Options, say: (line: string) => void): Promise<Report> {
  const root = await mkdtemp(join(tmpdir(), `sourcesync-life-${seed}-`));
  const startedMs = performance.now();
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      controller.abort();
    });
  }
  const known = (await hasGit()) ? scenes : scenes.filter((scene) => scene !== programmer);
  if (known.length < scenes.length) {
    say('There is no git on the PATH: nobody works with it in this life.');
  }
  const ledger = createLedger();
  const tally = createTally(({ kind, subject, detail, scene }) => {
    say(`  ${faultKinds[kind]}: ${subject}: ${detail.split('\n')[0]} (${scene})`);
  });
  say(`Life of seed ${seed} in ${root}`);
  const pair = await openRealPair(root);
  try {
    const life = {
      ...{ pair, ledger, tally, losses: createLossBook(), trees: createTreeReader(), signal: controller.signal },
      ...{ patienceMs, archiveFiles, spoilt: new Set<string>(), deleted: new Map<string, number>() },
      remember: (hash: string, bytes: Uint8Array) => write(join(root, 'texts', hash), bytes),
      keep: (name: string, content: Uint8Array | string) => write(join(root, 'evidence', name), content),
      note: (what: string, facts: object = {}) => {
        const atMs = Math.round(performance.now() - startedMs);
        appendFileSync(join(root, 'journal.jsonl'), `${JSON.stringify({ atMs, what, ...facts })}\n`);
      },
    };
    const lived = await play(life, {
      ...{ seed, scenes: sceneCount, timetable: (day: number) => timetableOf(seed, day, known) },
      isTimeOver: () => performance.now() - startedMs > minutes * 60_000,
    });
    const trees = devicesOf(pair).flatMap((device) =>
      folderKinds.map((kind) => life.trees.read(device.root(kind)).size),
    );
    const files = trees.reduce((sum, size) => sum + size, 0);
    const tookMs = performance.now() - startedMs;
    const report = reportOf({
      ...{ seed, lived, tookMs, files, tally, root },
      ...{ saves: ledger.saves, texts: ledger.owed().length },
    });
    writeFileSync(join(root, 'report.json'), JSON.stringify(report, null, 2));
    return report;
  } finally {
    await pair.close();
    if (tally.findings.length === 0) {
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function write(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
