import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { InviteBody, PairingBody } from '../../src/api/types/devices.ts';
import { Problem } from '../ground/Problem.tsx';
import { useAct } from '../ground/use-act.ts';
import { useHere } from '../ground/here.ts';
import { useLoaded } from '../ground/use-loaded.ts';
import { dateOf, shown } from '../ground/words.ts';
import { QrCode } from './QrCode.tsx';

const waitedFor: ReadonlySet<PairingBody['state']> = new Set(['waiting', 'confirm', 'finishing']);

const lookEveryMs = 2000;

/** How another device comes to this home: a code for it, and the six digits that it shows. */
export function Pairing(): JSX.Element {
  const { api } = useHere();
  const { isBusy, failure, run } = useAct();
  const pairing = useLoaded<PairingBody>('/v1/pairing', ['device.', 'pairing.']);
  const [invite, setInvite] = useState<InviteBody>();
  const state = pairing.value?.state ?? 'none';
  const message = pairing.value?.message ?? null;
  const code = waitedFor.has(state) ? invite : undefined;

  // No event tells that a device has come as far as its digits, or that the code has ended.
  useEffect(() => {
    const timer = code === undefined ? undefined : setInterval(pairing.reload, lookEveryMs);
    return () => clearInterval(timer);
  }, [code, pairing.reload]);

  const begin = async (): Promise<void> => {
    await run(async () => {
      const answer = await api.post<InviteBody>('/v1/pairing', { trustCode: false });
      setInvite(answer.ok ? answer.value : undefined);
      return answer;
    }, 'A code is ready for the other device.');
    pairing.reload();
  };

  return (
    <section class="block" aria-labelledby="pairing-title">
      <h3 id="pairing-title">Pair another device</h3>
      {code === undefined ? null : (
        <div class="changes">
          <p>On the other device, until {dateOf(code.expiresAt)}:</p>
          <pre class="code-line">
            <code>sourcesync pair join {code.code} --label NAME</code>
          </pre>
          <QrCode text={code.code} />
          <Digits
            approve={async (digits) => {
              await run(async () => api.post('/v1/pairing/approve', { digits }), 'The device is let in.');
              pairing.reload();
            }}
            isBusy={isBusy}
            candidate={pairing.value?.candidate ?? null}
          />
        </div>
      )}
      {message === null ? null : <p>{shown(message)}</p>}
      <Problem words={failure} />
      {code === undefined ? (
        <button type="button" disabled={isBusy} onClick={() => void begin()}>
          Make a code
        </button>
      ) : null}
    </section>
  );
}

interface DigitsProps {
  readonly approve: (digits: string) => Promise<void>;
  readonly isBusy: boolean;
  readonly candidate: PairingBody['candidate'];
}

function Digits({ approve, isBusy, candidate }: DigitsProps): JSX.Element {
  const [digits, setDigits] = useState('');
  const plain = digits.replaceAll(/\D/g, '');
  return (
    <form
      class="digits"
      onSubmit={(event) => {
        event.preventDefault();
        void approve(plain);
      }}
    >
      <label>
        The six digits that {candidate === null ? 'the other device' : shown(candidate.label)} shows
        <input
          inputMode="numeric"
          autoComplete="off"
          maxLength={8}
          value={digits}
          onInput={({ currentTarget }) => setDigits(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={isBusy || plain.length !== 6}>
        Let it in
      </button>
    </form>
  );
}
