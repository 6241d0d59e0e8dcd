import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { shown } from './said.ts';

/** Text, bash's own short forms, colours, and a title for the window. */
const bash =
  /^(?:[^\\$`'"]|\\[uhHwWdtT@Aj!#svVn[\]]|\\\$(?= |$)|\\(?:e|033)\[[\d;]*m|\\(?:e|033)\][02];|\\(?:a|007))*$/;
/** Text and zsh's own short forms. A dollar sign is expanded at each prompt where `promptsubst` is on. */
const zsh = /^[^\\$`'"]*$/;

export function judgePrompt(name: string, unit: string, shell: string): Judgement {
  const [, variable, single, double] = /^(?:export )?(\w+)=(?:'([^']*)'|"([^"]*)")$/.exec(unit) ?? [];
  const value = single ?? double;
  const isShown = variable === name && value !== undefined && (shell === 'zsh' ? zsh : bash).test(value);
  return isShown ? harmless : dangerous(`it is expanded at each prompt: ${shown(unit) || textOf(name)}`);
}
