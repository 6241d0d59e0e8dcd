import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PolicyBody } from '../../src/api/types/policy.ts';
import { Problem } from '../ground/Problem.tsx';
import { RuleValue } from './RuleValue.tsx';
import { type WantedRule, beginningOf, kindsOf, layers, readValue } from './wanted-rule.ts';

interface SetRuleProps {
  readonly vocabulary: PolicyBody['vocabulary'];
  readonly preview: (wanted: WantedRule) => void;
}

/** A rule is written here, and looked at before it counts. */
export function SetRule({ vocabulary, preview }: SetRuleProps): JSX.Element {
  const [key, setKey] = useState('');
  const [layer, setLayer] = useState<string>(layers[0]);
  const [chosen, setChosen] = useState('decision');
  const [text, setText] = useState('deny');
  const [words, setWords] = useState<string>();
  const kinds = kindsOf(vocabulary, key.trim());
  const kind = kinds.includes(chosen) ? chosen : (kinds[0] ?? chosen);

  const ask = (): void => {
    const value = readValue(kind, text);
    setWords(value.ok ? undefined : value.words);
    if (value.ok) {
      preview({ layer, rule: { key: key.trim(), kind, value: value.value, preview: true } });
    }
  };
  return (
    <details class="set-rule">
      <summary>Set a rule</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label>
          Key
          <input
            required
            spellcheck={false}
            list="policy-keys"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <datalist id="policy-keys">
          {vocabulary.map((line) => (
            <option key={line.key} value={beginningOf(line.key)}>
              {line.says}
            </option>
          ))}
        </datalist>
        <label>
          Layer
          <select value={layer} onChange={(event) => setLayer(event.currentTarget.value)}>
            {layers.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        {kinds.length < 2 ? null : (
          <label>
            Kind
            <select value={kind} onChange={(event) => setChosen(event.currentTarget.value)}>
              {kinds.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
        <RuleValue kind={kind} text={text} change={setText} />
        <p class="quiet-text">{saysOf(vocabulary, kinds, key)}</p>
        <Problem words={words} />
        <button type="submit" disabled={key.trim() === ''}>
          See what it changes…
        </button>
      </form>
    </details>
  );
}

function saysOf(vocabulary: PolicyBody['vocabulary'], kinds: readonly string[], key: string): string {
  return kinds.length > 0 || key === ''
    ? 'It joins what the other layers say: a weaker rule changes nothing.'
    : `This build knows no such key. Known are ${vocabulary.map((line) => line.key).join(', ')}.`;
}
