import type { JSX } from 'preact';
import type { PolicyKeyBody } from '../../src/api/types/policy.ts';
import { shown } from '../ground/words.ts';
import { patternsOf, ruleWords, whyItHolds } from './rule-words.ts';
import { type WantedRule, layers } from './wanted-rule.ts';

interface PolicyKeyProps {
  readonly of: PolicyKeyBody;
  /** Asks what would hold without a rule; undefined where this device may not take one away. */
  readonly remove: ((wanted: WantedRule) => void) | undefined;
}

/** One key: what holds, and what each layer says of it. */
export function PolicyKey({ of, remove }: PolicyKeyProps): JSX.Element {
  const { key, rule, words } = of;
  const written = words.filter((word) => word.key === key && word.source === word.layer && isShared(word.layer));
  return (
    <li>
      <h4>
        <code>{shown(key)}</code>: {ruleWords(rule)}
      </h4>
      {remove === undefined || written.length === 0 ? null : (
        <div class="things-act">
          {written.map(({ layer }) => (
            <button
              key={layer}
              type="button"
              onClick={() => remove({ layer, rule: { key, remove: true, preview: true } })}
            >
              Take {layer}’s away…<span class="aloud"> {shown(key)}</span>
            </button>
          ))}
        </div>
      )}
      <p class="quiet-text">{whyItHolds(of)}</p>
      <ul class="policy-words">
        {words.map(({ layer, key: pattern, rule: said, decides }) => (
          <li key={`${layer} ${pattern}`}>
            {layer} says: {ruleWords(said)}
            {pattern === key ? '' : ` (${shown(pattern)})`}
            {decides ? <span class="tag policy-decides">decides</span> : null}
            <Patterns of={patternsOf(said)} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function isShared(layer: string): boolean {
  return layers.some((one) => one === layer);
}

function Patterns({ of }: { readonly of: ReturnType<typeof patternsOf> }): JSX.Element | null {
  return of.length === 0 ? null : (
    <ul>
      {of.map(([pattern, answer], at) => (
        <li key={at}>
          <code>{shown(pattern)}</code>: {answer}
        </li>
      ))}
    </ul>
  );
}
