import type { JsonObject } from '../base/json.ts';
import type { Manifest } from '../contract/manifest.ts';
import { canonicalOfCollection, canonicalOfEngine } from './canonical.ts';
import type { UnplacedFinding } from './finding.ts';
import { checkRules } from './rules.ts';
import type { SchemaFault } from './schema-check.ts';

/**
 * Everything that is wrong with a manifest that breaks its schema: the faults, in words that name the likely meaning,
 * and what the rules have against those fields that are valid by themselves.
 */
export function explainFaults(value: JsonObject, faults: readonly SchemaFault[]): readonly UnplacedFinding[] {
  const faulty = new Set(faults.map(({ path }) => path.split('/')[1]));
  const sound = Object.fromEntries(Object.entries(value).filter(([name]) => !faulty.has(name))) as Partial<Manifest>;
  const broken = checkRules(sound);
  const missing = new Set(broken.filter(({ rule }) => rule === 'R2').map(({ path }) => path));
  const faultFindings = faults
    // R2 says of its two fields what the schema says of every required one; once is enough.
    .filter(({ rule, path }) => rule !== 'schema.required' || !missing.has(path))
    .map((fault): UnplacedFinding => ({ severity: 'error', ...nearMiss(fault, value) }));
  return [...faultFindings, ...broken.filter(({ rule, path }) => rule !== 'R2' || !faultyButThere(path, value))];
}

/** A declared field of the wrong form is a fault of the schema, not a field that is not declared. */
function faultyButThere(path: string, value: JsonObject): boolean {
  return Object.hasOwn(value, path.slice(1));
}

const wordFields: Readonly<Record<string, string>> = {
  '/mergeStrategy': 'a merge strategy',
  '/policyClass': 'a policy class',
  '/encryptionScope': 'an encryption scope',
};

/** Only what looks like a word of these lists is quoted: anything else may be a secret in the wrong file. */
const plainWord = /^[a-z][a-z_-]{0,31}$/i;

function nearMiss(fault: SchemaFault, value: JsonObject): SchemaFault {
  const kind = wordFields[fault.path];
  const field = fault.path.slice(1);
  const written = value[field];
  if (fault.rule !== 'schema.enum' || kind === undefined || typeof written !== 'string' || !plainWord.test(written)) {
    return fault;
  }
  const row = canonicalOfEngine(String(value['engineId'])) ?? canonicalOfCollection(String(value['collection']));
  const says = row && expectedOf(row, field);
  const hint = says === undefined ? '' : `; for this collection the registry says ${says}`;
  return { ...fault, message: `${written} is not ${kind}${hint}.` };
}

function expectedOf(row: NonNullable<ReturnType<typeof canonicalOfEngine>>, field: string): string | undefined {
  switch (field) {
    case 'mergeStrategy':
      return row.mergeStrategy;
    case 'policyClass':
      return row.policyClass;
    default:
      return row.scopes.join(' or ');
  }
}
