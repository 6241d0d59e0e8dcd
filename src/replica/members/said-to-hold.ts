import type { DeviceId } from '../../base/ids.ts';
import { type FrontierDelta, decodeMeta } from '../../log/meta.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core } from '../kernel/core.ts';

/** How another device stands to what is held here, as far as its own batches say. */
export interface SaidToHold {
  /** Batches with changes that it has not said it holds; null where what it said cannot be known. */
  readonly behind: number | null;
  /** True: it said that it holds all. False: it wrote since, and lacked some. Null: it has not spoken since, or ever. */
  readonly inStep: boolean | null;
}

/** Asked by the other devices of a scope, as often as somebody looks. */
export type SaidToHoldReader = (scope: ScopeState) => ReadonlyMap<DeviceId, SaidToHold>;

type Told = ReadonlyMap<DeviceId, number>;
type FrontierPoint = FrontierDelta[DeviceId];

/** What a device writes says what it holds of others since it wrote last; further back than this nobody looks. */
const mostBatches = 512;
/** Signs of life change nothing; where few batches are missing, those are told apart and not counted. */
const mostOpened = 16;
const unknown: SaidToHold = { behind: null, inStep: null };

/** Opens each batch of the others once, as long as the process runs. */
export function saidToHoldReader(core: Pick<Core, 'store' | 'device' | 'logs'>): SaidToHoldReader {
  const known = new Map<string, { readonly sequence: number; readonly told: Told }>();

  function toldBy({ scopeId }: ScopeState, deviceId: DeviceId, head: number): Told | undefined {
    const name = `${scopeId}/${deviceId}`;
    const before = known.get(name);
    const told = readTold(core, { scopeId, deviceId, head, before });
    if (told !== undefined) {
      known.set(name, { sequence: head, told });
    }
    return told;
  }

  return (scope) => {
    const heads = new Map([...core.store.log.heads(scope.scopeId)].map(([id, { sequence }]) => [id, sequence]));
    const others = activeMembers(scope).filter(({ deviceId }) => deviceId !== core.device.id);
    return new Map(
      others.map(({ deviceId }) => {
        const head = heads.get(deviceId) ?? 0;
        const told = toldBy(scope, deviceId, head);
        return [deviceId, told === undefined ? unknown : against(core, scope, { deviceId, head, told }, heads)];
      }),
    );
  };
}

/** From what was known before, or back to where a device said all of it; undefined where that cannot be read. */
function readTold(
  { logs }: Pick<Core, 'logs'>,
  {
    scopeId,
    deviceId,
    head,
    before,
  }: Pick<ScopeState, 'scopeId'> & {
    readonly deviceId: DeviceId;
    readonly head: number;
    readonly before: { readonly sequence: number; readonly told: Told } | undefined;
  },
): Told | undefined {
  const told = new Map<DeviceId, number>();
  const floor = before !== undefined && before.sequence <= head ? before.sequence : 0;
  for (let sequence = head; sequence > floor; sequence--) {
    const record = logs.reader.record({ scopeId, deviceId, sequence, index: 0 });
    const meta = record && decodeMeta(record.bytes);
    if (meta?.ok !== true || head - sequence >= mostBatches) {
      return undefined;
    }
    for (const [id, [number]] of Object.entries(meta.value.frontier) as [DeviceId, FrontierPoint][]) {
      told.set(id, Math.max(told.get(id) ?? 0, number));
    }
    // A sign of life tells all of it.
    if (meta.value.applied !== undefined) {
      return told;
    }
  }
  for (const [id, number] of floor === 0 ? [] : (before?.told ?? [])) {
    told.set(id, Math.max(told.get(id) ?? 0, number));
  }
  return head === 0 ? undefined : told;
}

function against(
  core: Pick<Core, 'logs'>,
  { scopeId }: ScopeState,
  { deviceId, head, told }: { readonly deviceId: DeviceId; readonly head: number; readonly told: Told },
  heads: ReadonlyMap<DeviceId, number>,
): SaidToHold {
  const saidAt = stampOf(core, { scopeId, deviceId, sequence: head });
  let behind = 0;
  let lacked = false;
  for (const [id, last] of heads) {
    const first = (told.get(id) ?? 0) + 1;
    if (id === deviceId || first > last) {
      continue;
    }
    const missing = Array.from({ length: Math.min(last - first + 1, mostOpened) }, (_, n) => first + n);
    const isAll = missing.length === last - first + 1;
    const changing = missing.filter((sequence) => core.logs.reader.recordCount(scopeId, id, sequence) !== 1);
    behind += isAll ? changing.length : last - first + 1;
    lacked ||= changing.some((sequence) => stampOf(core, { scopeId, deviceId: id, sequence }) < saidAt);
  }
  return { behind, inStep: behind === 0 ? true : lacked ? false : null };
}

/** Stamps of the clocks sort as time does, and one that knew of another is later. */
function stampOf(
  { logs }: Pick<Core, 'logs'>,
  place: { readonly scopeId: ScopeState['scopeId']; readonly deviceId: DeviceId; readonly sequence: number },
): string {
  const record = logs.reader.record({ ...place, index: 0 });
  const meta = record && decodeMeta(record.bytes);
  return meta?.ok === true ? meta.value.stamp : '';
}
