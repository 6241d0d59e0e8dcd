import type { DoctorBody } from '../../api/types/bodies.ts';
import { counted } from '../../base/counted.ts';
import type { HookBody, HooksBody } from '../../api/types/notices.ts';

/** What doctor says of hooks. They are the person's own, and nothing of SourceSync rests on them: none makes a home unwell. */
export function hookChecks({ items, problem }: HooksBody): DoctorBody['checks'] {
  return problem === null
    ? items.map(hookCheck)
    : [{ name: 'hooks', ok: true, message: 'No hook is run.', remedy: problem }];
}

function hookCheck({ name, problem, last, since }: HookBody): DoctorBody['checks'][number] {
  const check = { name: `hook ${name}`, ok: true };
  if (problem !== null) {
    return { ...check, message: 'It is not run.', remedy: problem };
  }
  if (last?.ok === false) {
    const message = `It failed the last time. ${last.message} In all: ${since.failures} of ${since.runs}.`;
    return { ...check, message, remedy: `See what it says: sourcesync hooks test ${name}` };
  }
  const dropped = since.dropped === 0 ? '' : `, ${counted(since.dropped, 'event')} not told because too many came`;
  return { ...check, message: `${counted(since.runs, 'run')}${dropped}`, remedy: null };
}
