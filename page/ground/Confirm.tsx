import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface ConfirmProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says that does it. */
  readonly verb: string;
  readonly isBusy: boolean;
  readonly act: () => void;
  readonly leave: () => void;
}

/** Asks before something that is not easily taken back. */
export function Confirm({ title, children, verb, isBusy, act, leave }: ConfirmProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key arrives: an Escape typed right after the button must find the dialog open.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={leave} aria-labelledby="confirm-title">
      <h3 id="confirm-title">{title}</h3>
      {children}
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={act}>
          {verb}
        </button>
      </div>
    </dialog>
  );
}
