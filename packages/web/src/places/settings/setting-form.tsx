/** A form in place. Called up, it takes the focus in its first field; Escape leaves it, and nothing is changed. */
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { Refusal } from './labelled.js';

type SettingFormProps = {
  label: string;
  /** What its first button says. */
  save: string;
  isPending: boolean;
  /** Why it cannot be saved yet, beside its buttons. */
  missing?: string | null;
  problem: string | null;
  onSave: () => void;
  onCancel: () => void;
  children: ReactNode;
};

export function SettingForm(props: SettingFormProps) {
  const { label, save, isPending, missing = null, problem, onSave, onCancel, children } = props;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLInputElement>('input:not([readonly])')?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form
      ref={form}
      className="set-form"
      aria-label={label}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      {children}
      <Refusal problem={problem} />
      <div className="row">
        <button type="submit" className="btn btn-primary" disabled={isPending || missing !== null}>
          {save}
        </button>
        <button type="button" className="btn btn-quiet" onClick={onCancel}>
          Cancel
        </button>
        {missing === null ? null : <span className="xs ink3">{missing}</span>}
      </div>
    </form>
  );
}
