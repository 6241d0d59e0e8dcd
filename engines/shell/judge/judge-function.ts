import { type Judgement, dangerous } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { isProgram } from './program-names.ts';

const called =
  /^(?:precmd|preexec|chpwd|periodic|zshexit|zshaddhistory|command_not_found_handle(?:r)?|prompt_command|TRAP[A-Z]+|fish_(?:prompt|right_prompt|mode_prompt|greeting|title|command_not_found|user_key_bindings|preexec|postexec|exit))$/;

/** A function is never harmless; the reason says when it runs. */
export function judgeFunction(name: string, unit: string): Judgement {
  const [event] = /\s(?:--on-[\w-]+(?:[ =]\w+)?|-[evpjs] \w+)/.exec(unit.split(/[\n;]/)[0] ?? '') ?? [];
  if (called.test(name)) {
    return dangerous(`the shell runs ${textOf(name)} by itself`);
  }
  if (event !== undefined && /^function\s/.test(unit)) {
    return dangerous(`the shell runs ${textOf(name)} by itself, ${textOf(event)}`);
  }
  return dangerous(
    isProgram(name)
      ? `${textOf(name)} runs whatever is in it, in place of the command of that name`
      : `${textOf(name)} runs whatever is in it`,
  );
}
