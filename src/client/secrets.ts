import type { HeldBody, HeldQuestion, RevealedSecretBody, SecretBody } from '../api/types/secrets.ts';
import type { PageBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** Secrets of this device's vault; they are set and removed as records of the collection `secrets`. */
export interface SecretCalls {
  secrets(): Answer<PageBody<SecretBody>>;
  /** A privileged call, audited. */
  revealSecret(id: string): Answer<RevealedSecretBody>;
  /** A privileged call: which of some values the vault has, without telling any. */
  heldSecrets(question: HeldQuestion): Answer<HeldBody>;
}

export function secretCalls({ ask }: Calls): SecretCalls {
  return {
    secrets: () => ask('GET /v1/secrets'),
    revealSecret: (id) => ask('POST /v1/secrets/:id/reveal', { path: { id } }),
    heldSecrets: (question) => ask('POST /v1/secrets/held', { body: question }),
  };
}
