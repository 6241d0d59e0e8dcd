import { type Core, commit } from './core.ts';
import { rejudge } from './release.ts';

/** Remembers which policy is in force from now on: a lease is held against the one of the time of its use. */
export function notePolicy(core: Core): void {
  const hash = core.policyBundleHash?.();
  if (hash !== undefined && hash !== core.leases.policyHashesAt(core.nowMs()).at(-1)) {
    commit(core, () => {
      core.leases.notePolicy(hash, core.nowMs());
    });
  }
}

/** Another policy is in force: whatever waits is judged again under it. Answers how many changes now count. */
export function policyChanged(core: Core): number {
  notePolicy(core);
  return core.bindings
    .all()
    .filter(({ manifest }) => core.isEnabled(manifest.engineId))
    .reduce((counted, { manifest }) => counted + rejudge(core, manifest.collection), 0);
}
