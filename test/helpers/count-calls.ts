import { Session } from 'node:inspector';

/** How often functions were called, by file and name: `log/header.ts decodeBatch`. */
export type Calls = ReadonlyMap<string, number>;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { count: number }[] }[];
  }[];
}

/** What of `src` is called while `work` runs, counted by the engine that runs it: nothing is put in its place. */
export function countCalls(work: () => void): Calls {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    session.post('Profiler.takePreciseCoverage');
    work();
    let taken: Coverage | undefined;
    session.post('Profiler.takePreciseCoverage', (_, coverage) => {
      taken = coverage as unknown as Coverage;
    });
    return callsIn(taken?.result ?? []);
  } finally {
    session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

function callsIn(scripts: Coverage['result']): Calls {
  const calls = new Map<string, number>();
  for (const { url, functions } of scripts) {
    const file = /\/src\/(.*)\.[jt]s$/.exec(url)?.[1];
    for (const { functionName, ranges } of file === undefined ? [] : functions) {
      const name = `${file} ${functionName}`;
      calls.set(name, (calls.get(name) ?? 0) + (ranges[0]?.count ?? 0));
    }
  }
  return calls;
}
