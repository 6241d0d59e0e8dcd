import { pointerTo } from '../base/json-pointer.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { UnplacedFinding } from './finding.ts';

/** What schema and rules allow, and a careful reader would ask about. */
export function askCarefully(manifest: Manifest): readonly UnplacedFinding[] {
  return [...askVersion(manifest), ...askCollection(manifest), ...askFields(manifest)];
}

// Source: https://semver.org, its recommended expression without the named groups.
const semanticVersion =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;

export function isSemanticVersion(version: string): boolean {
  return semanticVersion.test(version);
}

function askVersion({ schemaVersion }: Manifest): readonly UnplacedFinding[] {
  return isSemanticVersion(schemaVersion)
    ? []
    : [
        ask(
          'care.schema_version',
          '/schemaVersion',
          'The schema version is no semantic version: no device can tell an older record from a newer one, and none loads this manifest.',
          'Write MAJOR.MINOR.PATCH, such as 0.1.0.',
        ),
      ];
}

function askCollection({ collection }: Manifest): readonly UnplacedFinding[] {
  return /^\.+$/.test(collection)
    ? [
        ask(
          'care.collection_dots',
          '/collection',
          'The name of the collection is nothing but dots, which a path would take for a folder.',
          'Give the collection a name in letters.',
        ),
      ]
    : [];
}

const credentialWord = /pass(word|wd|phrase)|secret|token|credential|api[-_]?key|private[-_]?key/i;

function askFields({ dangerousFields }: Manifest): readonly UnplacedFinding[] {
  return dangerousFields.flatMap((field, index) => {
    const path = pointerTo('/dangerousFields', index);
    const findings: UnplacedFinding[] = [];
    if (credentialWord.test(field) && !field.includes('$secretRef')) {
      findings.push(
        ask(
          'care.credential',
          path,
          'A dangerous field is named like a credential: review does not keep a secret on its device.',
          'Keep the value in the vault and refer to it: {"$secretRef": "urn:srcos:secret:…"}.',
        ),
      );
    }
    if (/[^\u0020-\u007e]/.test(field)) {
      findings.push(
        ask(
          'care.lookalike',
          path,
          'The name of a field holds characters beyond ASCII, which may only look like the letters of the real field.',
          'Type the name anew in ASCII, or make sure that the records really use these characters.',
        ),
      );
    }
    return findings;
  });
}

function ask(rule: string, path: string, message: string, remedy: string): UnplacedFinding {
  return { severity: 'warning', rule, path, message, remedy };
}
