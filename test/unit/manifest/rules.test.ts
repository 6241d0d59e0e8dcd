import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { type ManifestVerdict, judgeManifest } from '../../../src/manifest/judge.ts';
import { registryRules } from '../../../src/manifest/rules.ts';
import { manifestText, parse, readJson } from './shipped.ts';

const shipped = (collection: string, changes: JsonObject = {}): string =>
  JSON.stringify({ ...readJson(`manifests/${collection}.json`), ...changes });

type Case = [title: string, text: string, verdict: ManifestVerdict, said: readonly string[]];

describe('the rules of the registry', () => {
  it('are eight, in order', () => {
    expect(registryRules.map((rule) => rule.id)).toEqual(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8']);
  });

  it.each<Case>([
    ['a plain one', manifestText(), 'accept', []],
    [
      'R3 critical and crdt',
      manifestText({ policyClass: 'critical', mergeStrategy: 'crdt' }),
      'reject',
      ['R3 /mergeStrategy'],
    ],
    [
      'R3 critical and manual_review',
      manifestText({ policyClass: 'critical', mergeStrategy: 'manual_review' }),
      'reject',
      ['R3 /mergeStrategy'],
    ],
    ['R3 critical and graph_merge', manifestText({ policyClass: 'critical' }), 'reject', ['R3 /mergeStrategy']],
    [
      'R3 critical and quarantine',
      manifestText({ policyClass: 'critical', mergeStrategy: 'quarantine' }),
      'reject',
      ['R3 /mergeStrategy'],
    ],
    [
      'R3 critical and signed',
      manifestText({ policyClass: 'critical', mergeStrategy: 'signed_authority_required' }),
      'accept',
      [],
    ],
    [
      'R3 critical and append_only',
      manifestText({ policyClass: 'critical', mergeStrategy: 'append_only' }),
      'accept',
      [],
    ],
    [
      'R4 secrets that merge',
      shipped('secrets', { mergeStrategy: 'append_only' }),
      'reject',
      ['R4 /mergeStrategy', 'R8 /mergeStrategy'],
    ],
    [
      'R4 secrets that travel',
      shipped('secrets', { encryptionScope: 'profile' }),
      'reject',
      ['R4 /encryptionScope', 'R8 /encryptionScope'],
    ],
    [
      'R4 never_merge in a scope that travels',
      manifestText({ mergeStrategy: 'never_merge' }),
      'warn',
      ['R4 /encryptionScope'],
    ],
    [
      'R4 never_merge on the device',
      manifestText({ mergeStrategy: 'never_merge', encryptionScope: 'device' }),
      'accept',
      [],
    ],
    [
      'R5 audit that is signed',
      shipped('audit', { mergeStrategy: 'signed_authority_required' }),
      'reject',
      ['R5 /mergeStrategy', 'R8 /mergeStrategy'],
    ],
    ...['memory', 'shell', 'browser', 'models', 'extensions'].map(
      (collection): Case => [
        `R6 ${collection}`,
        shipped(collection, { mergeStrategy: 'graph_merge' }),
        'reject',
        ['R6 /mergeStrategy', 'R8 /mergeStrategy'],
      ],
    ),
    [
      'R6 under another engine id',
      manifestText({ collection: 'shell' }),
      'reject',
      ['R6 /mergeStrategy', 'R8 /engineId'],
    ],
    [
      'R6 under another collection',
      shipped('shell', { collection: 'lists', mergeStrategy: 'crdt' }),
      'reject',
      ['R6 /mergeStrategy', 'R8 /collection', 'R8 /mergeStrategy'],
    ],
    ['R8 another owner', shipped('workspace', { ownerRepo: 'example/workspace' }), 'warn', ['R8 /ownerRepo']],
    ['R8 the second owner', shipped('workspace', { ownerRepo: 'SocioProphet/sociosphere' }), 'accept', []],
    ['R8 another scope', shipped('workspace', { encryptionScope: 'public' }), 'warn', ['R8 /encryptionScope']],
    ['R8 a listed alternative scope', shipped('policy', { encryptionScope: 'workspace' }), 'accept', []],
    ['R8 another class', shipped('workspace', { policyClass: 'low' }), 'warn', ['R8 /policyClass']],
    ['R8 another strategy', shipped('workspace', { mergeStrategy: 'crdt' }), 'warn', ['R8 /mergeStrategy']],
    [
      'R8 notes, which ships beside the registry',
      shipped('notes', { mergeStrategy: 'graph_merge' }),
      'warn',
      ['R8 /mergeStrategy'],
    ],
    ['R8 another collection', shipped('workspace', { collection: 'desk' }), 'warn', ['R8 /collection']],
  ])('7, 8 %s', (_title, text, verdict, said) => {
    const judgement = judgeManifest(parse, text);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.findings.map((finding) => `${finding.rule} ${finding.path}`)).toEqual(said);
    expect(judgement.manifest === undefined).toBe(verdict === 'reject');
  });

  it('R2 is told by the schema as well, because both fields are required', () => {
    const { policyClass: _class, mergeStrategy: _strategy, ...rest } = JSON.parse(manifestText()) as JsonObject;
    const judgement = judgeManifest(parse, JSON.stringify(rest));
    expect(judgement.findings.map((finding) => finding.path)).toEqual(['/policyClass', '/mergeStrategy']);
    expect(judgement.status).toBe('partial');
  });

  it('21 partial is when only fields are missing; a wrong one beside makes it invalid', () => {
    expect(judgeManifest(parse, '{"collection":"lists"}').status).toBe('partial');
    expect(judgeManifest(parse, '{"collection":"No tes"}').status).toBe('invalid');
    expect(judgeManifest(parse, '').status).toBe('invalid');
  });
});
