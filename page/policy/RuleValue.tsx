import type { JSX } from 'preact';
import { ruleWords } from './rule-words.ts';
import { decisionOf, decisions } from './wanted-rule.ts';

interface RuleValueProps {
  readonly kind: string;
  readonly text: string;
  readonly change: (text: string) => void;
}

/** The value of a rule, in the field that fits its kind. */
export function RuleValue({ kind, text, change }: RuleValueProps): JSX.Element {
  switch (kind) {
    case 'decision':
      return (
        <label>
          What shall hold
          <select value={decisionOf(text)} onChange={(event) => change(event.currentTarget.value)}>
            {decisions.map((value) => (
              <option key={value} value={value}>
                {ruleWords({ kind, value })}
              </option>
            ))}
          </select>
        </label>
      );
    case 'max':
    case 'min':
      return (
        <label>
          At {kind === 'max' ? 'most' : 'least'}
          <input inputMode="decimal" value={text} onInput={(event) => change(event.currentTarget.value)} />
        </label>
      );
    default:
      return (
        <label>
          {kind === 'map'
            ? 'Patterns, one a line: tool:Bash = ask'
            : `${kind === 'allowset' ? 'Only' : 'Never'} these, one a line`}
          <textarea rows={4} spellcheck={false} value={text} onInput={(event) => change(event.currentTarget.value)} />
        </label>
      );
  }
}
