import { isAgent } from '../contract/agent.ts';
import type { LoggedChange } from '../contract/change.ts';
import { ownerTypes } from '../contract/owner.ts';
import { refuse } from '../contract/verdict.ts';
import { auditEntryFault, isAuditItself } from '../log/audit-entry.ts';
import { type ChangeQuestion, type StepAnswer, next, rulesOf, stop } from './change-question.ts';

/** A change is by the person of the device that signed it, by an agent, or by what pushes sets of its own from there. */
export function isByItsAuthor({ change, context, ...question }: ChangeQuestion): StepAnswer {
  if (isAuditItself(rulesOf(question).manifest)) {
    return next('not asked: an entry of the audit is by its device');
  }
  const userId = context.scope.members.get(change.deviceId)?.userId;
  const fault = authorFault(change, userId);
  return fault === undefined
    ? next(`yes: ${change.authorId}`)
    : stop(
        refuse(
          'quarantine',
          'signature_invalid',
          'author_foreign',
          `${fault} It has no effect; find out which program wrote it there.`,
        ),
      );
}

function authorFault({ authorId, managedBy }: LoggedChange, userId: string | undefined): string | undefined {
  if (managedBy === 'system') {
    return 'The change says that the system manages its record, and nothing by that name writes any.';
  }
  const isKnown =
    authorId === userId || isAgent(authorId) || ownerTypes.some((type) => authorId.startsWith(`urn:srcos:${type}:`));
  return isKnown ? undefined : `The change says that ${authorId} wrote it, and its device is ${userId ?? 'nobody'}'s.`;
}

/** An entry of the audit is what its device noted, whole and in its place. */
export function isOwnEntry(question: ChangeQuestion): StepAnswer {
  const { change, context } = question;
  if (!isAuditItself(rulesOf(question).manifest)) {
    return next('not asked: it is no entry of the audit');
  }
  const userId = context.scope.members.get(change.deviceId)?.userId;
  const fault = auditEntryFault(change, { deviceId: change.deviceId, userId }, context.eventBefore);
  return fault === undefined ? next('yes') : stop(fault);
}
