import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { fishLiteral } from '../places/fish-words.ts';
import { fishCommand, shown } from './said.ts';

const word = /^[\w.:+@%,/-]+$/;

/** Of completions harmless are words that are offered as they stand, and those that another command has. */
export function judgeCompletion(unit: string, shell: string): Judgement {
  const isHarmless = shell === 'fish' ? isFishHarmless(fishCommand(unit) ?? []) : isBashHarmless(unit.split(/[ \t]+/));
  return isHarmless ? harmless : dangerous(`completion runs what it names: ${shown(unit)}`);
}

function isBashHarmless([command, ...words]: readonly string[]): boolean {
  if (command === 'compdef') {
    return words.length === 1 && /^[\w.-]+=[\w.-]+$/.test(words[0] ?? '');
  }
  const isKind = /^-[abcdefgjksuv]+$/;
  return (
    command === 'complete' && isKind.test(words[0] ?? '') && words.slice(1).every((name) => /^\w[\w.-]*$/.test(name))
  );
}

const quiet = /^-(?:[fxrk]+|-no-files|-exclusive|-require-parameter|-keep-order)$/;
const valued = /^-(?:[cslodaw]|-command|-short-option|-long-option|-old-option|-description|-arguments|-wraps)$/;

function isFishHarmless([command, ...words]: readonly string[]): boolean {
  let awaitsValue = false;
  return (
    command === 'complete' &&
    words.every((one) => {
      const value = fishLiteral(one);
      const isFine = awaitsValue
        ? value !== undefined && !/[()$`\\]/.test(value)
        : quiet.test(one) || valued.test(one) || (word.test(one) && !one.startsWith('-'));
      awaitsValue = !awaitsValue && valued.test(one);
      return isFine;
    })
  );
}
