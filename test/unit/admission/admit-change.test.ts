import { describe, expect, it } from 'vitest';
import { type ChangeAdmission, admitChange, judgeChange } from '../../../src/admission/admit-change.ts';
import { changeLine } from '../../../src/admission/change-line.ts';
import type { ChangeContext } from '../../../src/admission/change-question.ts';
import { changeSteps } from '../../../src/admission/steps.ts';
import { traceChange } from '../../../src/admission/trace.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { changeIdOf, encodeChange } from '../../../src/log/change.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import { auditEvent } from '../../helpers/audit-entries.ts';
import { alice, bob, change, context, farStamp } from './world.ts';
import {
  asking,
  author,
  behind,
  type Case,
  entry,
  follows,
  inProfile,
  noted,
  of,
  other,
  refusals,
  rules,
  scopes,
} from './admit-change-cases.ts';

const bytesOf = (each: Pick<Case, 'bytes' | 'change'>): Uint8Array => each.bytes ?? encodeChange(change(each.change));

function refusalOf(admission: ChangeAdmission): Extract<ChangeAdmission, { kind: 'refused' }> {
  expect(admission.kind).toBe('refused');
  return admission as Extract<ChangeAdmission, { kind: 'refused' }>;
}

describe('admitChange', () => {
  it('admits an honest put with its place in the log', () => {
    const bytes = encodeChange(change());
    expect(admitChange(bytes, { ...inProfile, index: 7 })).toEqual({
      kind: 'admitted',
      change: {
        ...change(),
        changeId: changeIdOf(bob.deviceId, bytes),
        scopeId: scopes.profile.scopeId,
        deviceId: bob.deviceId,
        sequence: 1,
        index: 7,
      },
      fields: { kind: 'alias', name: 'll', body: 'ls -lh' },
      clockSkew: false,
    });
  });

  it.each(refusals)('$title: $verdict $reason', (each) => {
    const bytes = bytesOf(each);
    const admission = refusalOf(admitChange(bytes, each.context ?? inProfile));
    expect(admission.refusal.verdict).toBe(each.verdict);
    expect(reasonText(admission.refusal)).toBe(each.reason);
    expect(admission.step).toBe(each.step);
    expect(admission.changeId).toBe(changeIdOf((each.context ?? inProfile).batch.deviceId, bytes));
    expect(admission.change === undefined).toBe(each.step === 'record');
  });

  it.each(refusals)('$title: the message quotes no content', (each) => {
    const { refusal } = refusalOf(admitChange(bytesOf(each), each.context ?? inProfile));
    expect(refusal.message).not.toMatch(/ls -lh|aliases\/ll/);
    expect(refusal.message.length).toBeGreaterThan(20);
  });

  it('8 §10.37 a poisoned stamp is admitted and told of', () => {
    expect(admitChange(encodeChange(change({ stamp: farStamp })), inProfile)).toMatchObject({
      kind: 'admitted',
      clockSkew: true,
    });
  });

  it.each(['patch', 'delete', 'tombstone', 'command'] as const)(
    '12 the value of a %s is left to the strategy',
    (operation) => {
      const bytes = encodeChange(change({ operation, value: null }));
      expect(admitChange(bytes, inProfile)).toMatchObject({ kind: 'admitted', fields: undefined });
    },
  );

  it('11 a newer minor goes on with its unknown fields', () => {
    const value = { kind: 'alias', colour: 'teal' };
    expect(admitChange(encodeChange(change({ schemaVersion: '1.9.3', value })), inProfile)).toMatchObject({
      kind: 'admitted',
      fields: value,
    });
  });

  it('11 a version that never went through decoding is judged too', () => {
    const admitted = admitChange(encodeChange(change()), inProfile);
    const broken = admitted.kind === 'admitted' ? { ...admitted.change, schemaVersion: 'x' } : undefined;
    expect(broken && judgeChange(broken, inProfile)).toMatchObject({ kind: 'refused', step: 'schema_version' });
  });

  it('9 a device record in the own log is at home', () => {
    expect(admitChange(encodeChange(change(of('hints'))), { ...inProfile, scopeIsLocal: true }).kind).toBe('admitted');
  });

  it.each([
    ['workspace', 'workspace'],
    ['policy', 'org'],
    ['notice', 'public'],
  ] as const)('10 %s through its %s scope', (collection, kind) => {
    expect(admitChange(encodeChange(change(of(collection))), context({ scope: scopes[kind] })).kind).toBe('admitted');
  });

  it('7, 10 the configured alternative decides, not the manifest as shipped', () => {
    const rulesOf = () => ({ ...rules('shell'), scope: 'workspace' as const });
    const bytes = encodeChange(change());
    expect(admitChange(bytes, context({ scope: scopes.workspace, rulesOf })).kind).toBe('admitted');
    expect(refusalOf(admitChange(bytes, context({ scope: scopes.profile, rulesOf }))).step).toBe('scope_kind');
  });

  it('13 the role counts at the position that the batch names', () => {
    const early = { ...inProfile, batch: { ...inProfile.batch, logSequence: 0 } };
    expect(refusalOf(admitChange(encodeChange(change()), early)).step).toBe('role');
  });
});

describe('authority', () => {
  it.each([
    [
      'an administrator writes to a collection without an authority of its own name',
      'signed_authority_required',
      alice,
    ],
    ['every writer leaves an entry where entries are only added', 'append_only', bob],
    ['every writer writes where the strategy asks for no authority', 'manual_review', bob],
  ] as const)('15 %s', (_title, strategy, by) => {
    expect(admitChange(encodeChange(change()), asking(strategy, 'shell', by)).kind).toBe('admitted');
  });
});

describe('a change that a person let in', () => {
  const letIn = { released: () => true };

  it.each(refusals)('18 $title: is refused as before', (each) => {
    const admission = refusalOf(admitChange(bytesOf(each), { ...(each.context ?? inProfile), ...letIn }));
    expect([reasonText(admission.refusal), admission.step]).toEqual([each.reason, each.step]);
  });

  const denying = (rule: string): ChangeContext => ({
    ...inProfile,
    policy: effectivePolicy([floorDocument({ 'write.shell': { kind: 'decision', value: rule } })]),
  });
  const secret = { value: { kind: 'alias', name: 'll', body: `ghp_${'a1B2'.repeat(9)}` } };

  it.each([
    ['a secret', 'secrets', inProfile, true],
    ['what policy wants looked at', 'policy', denying('require_review'), true],
    ['what policy denies', 'policy', denying('deny'), false],
  ] as const)('18 %s: a person answers for it: %s', (_title, step, given, isAnswered) => {
    const bytes = encodeChange(change(step === 'secrets' ? secret : {}));
    expect(refusalOf(admitChange(bytes, given)).step).toBe(step);
    expect(admitChange(bytes, { ...given, ...letIn }).kind).toBe(isAnswered ? 'admitted' : 'refused');
    const trace = traceChange(bytes, { ...given, ...letIn });
    const answer = trace.find((each) => each.step === step)?.answer ?? '';
    expect(answer.includes('a person let it in')).toBe(isAnswered);
  });

  it('18 only for the reasons that they answered for', () => {
    const bytes = encodeChange(change(secret));
    const other = { ...inProfile, released: ({ reasonCode }: Refusal) => reasonCode === 'manual_review_required' };
    expect(refusalOf(admitChange(bytes, other)).step).toBe('secrets');
  });
});

describe('authors', () => {
  it.each(['urn:srcos:agent:helper', 'urn:srcos:app:tasks', 'urn:srcos:service:s', 'urn:srcos:seed:s'])(
    'a change by %s from the device of its person is admitted',
    (authorId) => {
      expect(admitChange(encodeChange(change({ authorId })), inProfile).kind).toBe('admitted');
    },
  );

  it.each([
    ['of the device', entry()],
    ['of its person', entry(auditEvent(bob.deviceId, '1', { actorId: author }))],
    ['behind the one before it', entry(follows(noted['eventHash']), {}, behind(noted['eventHash']))],
    ['that is the first of its chain', entry(noted, {}, behind(null))],
    ['that is the first to be told of', entry(follows(other['eventHash']), {}, behind(null))],
  ])('13b an entry of the audit %s is admitted', (_which, sound) => {
    expect(admitChange(encodeChange(change(sound.change)), sound.context).kind).toBe('admitted');
  });
});

describe('traceChange', () => {
  it.each(refusals)('$title: ends at $step with the same answer', (each) => {
    const last = traceChange(bytesOf(each), each.context ?? inProfile).at(-1);
    expect(last?.step).toBe(each.step);
    expect(last?.answer).toContain(`${each.verdict} ${each.reason}: `);
  });

  it('1 an admitted change answers every step, in the order of the line', () => {
    const trace = traceChange(encodeChange(change({ stamp: farStamp })), inProfile);
    expect(trace.map(({ step }) => step)).toEqual(changeSteps.map(({ name }) => name));
    expect(trace.map(({ step }) => step).slice(1)).toEqual(changeLine.map(({ step }) => step));
    expect(trace.every(({ question }) => question.endsWith('?'))).toBe(true);
    expect(trace[1]?.answer).toContain('clock_skew');
  });
});
