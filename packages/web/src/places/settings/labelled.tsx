/** Parts of the forms in Settings: a label above its field, and what went wrong below. */
import { TriangleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'id'> & {
  label: string;
  hint?: ReactNode;
  /** Offered while one types. */
  known?: readonly string[];
  onChange: (value: string) => void;
};

/** A line of text; names and addresses are not corrected while they are typed. */
export function LabelledInput({ label, hint, known, onChange, className = '', ...input }: InputProps) {
  const id = useId();
  return (
    <div className={`lab ${className}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field">
        <input
          {...input}
          id={id}
          className="mono"
          list={known ? `${id}-known` : undefined}
          aria-describedby={hint ? `${id}-hint` : undefined}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          autoComplete={input.autoComplete ?? 'off'}
          onChange={(event) => onChange(event.target.value)}
        />
        {known ? (
          <datalist id={`${id}-known`}>
            {known.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        ) : null}
      </div>
      {hint ? (
        <p id={`${id}-hint`} className="lab-hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** A group of buttons or checks under one name. */
export function LabelledGroup({ label, hint, children }: { label: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="lab">
      <legend>{label}</legend>
      {children}
      {hint ? <p className="lab-hint">{hint}</p> : null}
    </fieldset>
  );
}

/** What was refused, in place; nothing that was typed is lost. */
export function Refusal({ problem, children }: { problem: string | null; children?: ReactNode }) {
  if (problem === null) return null;
  return (
    <div className="banner banner-error in-place set-refusal" role="alert">
      <TriangleAlert className="icon-s" aria-hidden="true" />
      <span className="grow">{problem}</span>
      {children}
    </div>
  );
}
