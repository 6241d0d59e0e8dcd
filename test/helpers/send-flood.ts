import { craftChange } from './crafted-batch.ts';
import { type KeyHolder, withKeysOf } from './stolen-keys.ts';

export interface Flood {
  readonly puts: number;
  readonly patches: number;
  /** How many were sent before: those of another flood are others. */
  readonly before?: number;
}

/** Through the keys of a member: versions of one record that stand on nothing, in two batches, as only a hostile program writes them. */
export function sendFlood(home: KeyHolder, { puts, patches, before = 0 }: Flood): void {
  withKeysOf(home, ({ replica, send }) => {
    const scope = replica.scopes().find(({ kind, local }) => kind === 'workspace' && !local);
    if (scope === undefined) {
      throw new Error('believed: both are members of the workspace');
    }
    const stamp = (number: number): string => `019b76da${(0xa801 + before + number).toString(16)}-0000`;
    const version = (number: number, change: object): Uint8Array =>
      craftChange({ objectId: 'n', parents: [], stamp: stamp(number), ...change });
    const put = (_: unknown, n: number): Uint8Array => version(n, { value: { kind: 'task', title: `T${n}` } });
    const patch = (_: unknown, n: number): Uint8Array => {
      const value = [{ op: 'replace', path: '/title', value: `P${n}` }];
      return version(puts + n, { operation: 'patch', value });
    };
    send(scope.state.scopeId, Array.from({ length: puts }, put));
    send(scope.state.scopeId, Array.from({ length: patches }, patch));
  });
}
