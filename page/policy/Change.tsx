import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PolicyBody, PolicyKeyBody, PolicySetBody } from '../../src/api/types/policy.ts';
import type { Answer } from '../ground/answer.ts';
import type { Api } from '../ground/api.ts';
import { Confirm } from '../ground/Confirm.tsx';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { shown } from '../ground/words.ts';
import { ruleWords, whyItHolds } from './rule-words.ts';
import { type WantedRule, seenVersion } from './wanted-rule.ts';

interface ChangeProps {
  readonly wanted: WantedRule;
  readonly policy: PolicyBody;
  readonly leave: () => void;
}

/** What holds for the key, and what would. */
interface Plan {
  readonly now: PolicyKeyBody;
  readonly then: PolicyKeyBody;
}

/** What a rule would change, and the button that writes it: for the layer as it was seen, and no other. */
export function Change({ wanted: { layer, rule }, policy, leave }: ChangeProps): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const [plan, setPlan] = useState<Answer<Plan>>();
  // Of the layer as it was when this was asked: what was written meanwhile is told, and not written over.
  const [ifMatch] = useState(() => seenVersion(policy, layer));
  const put = async (preview: boolean): Promise<Answer<PolicySetBody>> =>
    api.put(`/v1/policy/${layer}`, { ...rule, preview }, { confirmed: 'policy.bundle.update', ifMatch });
  useEffect(() => {
    void planOf(api, rule.key, async () => put(true)).then(setPlan);
  }, []);
  const isRemoval = 'remove' in rule;
  const act = async (): Promise<void> => {
    if (await run(async () => put(false), isRemoval ? 'The rule is taken away.' : 'The rule is written.')) {
      leave();
    }
  };
  const asks = isRemoval ? `Take away what ${layer} says of` : `Write into ${layer} a rule for`;
  return (
    <Confirm
      title={`${asks} ${shown(rule.key)}?`}
      verb={isRemoval ? 'Take it away' : 'Write it'}
      isBusy={isBusy || plan?.ok !== true}
      act={() => void act()}
      leave={leave}
    >
      {plan?.ok === true ? <PlanText plan={plan.value} /> : null}
      <Problem words={plan?.ok === false ? plan.words : failure} />
    </Confirm>
  );
}

async function planOf(api: Api, key: string, preview: () => Promise<Answer<PolicySetBody>>): Promise<Answer<Plan>> {
  const now = await api.get<PolicyKeyBody>(`/v1/policy/${encodeURIComponent(key)}`);
  if (!now.ok) {
    return now;
  }
  const planned = await preview();
  return planned.ok ? { ok: true, value: { now: now.value, then: planned.value.effective } } : planned;
}

function PlanText({ plan: { now, then } }: { readonly plan: Plan }): JSX.Element {
  const [before, after] = [ruleWords(now.rule), ruleWords(then.rule)];
  return (
    <>
      {before === after ? <p>What holds stays as it is: {after}.</p> : null}
      {before === after ? null : (
        <dl class="facts">
          <div>
            <dt>Holds now</dt>
            <dd>{before}</dd>
          </div>
          <div>
            <dt>Would hold</dt>
            <dd>{after}</dd>
          </div>
        </dl>
      )}
      <p>{whyItHolds(then)}</p>
      <p class="quiet-text">{shown(then.says)}</p>
      <p class="quiet-text">It counts on every device of the organisation. What took effect before stays.</p>
    </>
  );
}
