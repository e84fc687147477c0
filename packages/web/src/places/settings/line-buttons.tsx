/** What can be done with a line of a list: it is changed in a form below it, or removed after a question. */

type LineButtonsProps = {
  name: string;
  /** Its form is open. */
  isOpen: boolean;
  onChange: () => void;
  /** `null`: it is not there to be removed. */
  onRemove: (() => void) | null;
};

export function LineButtons({ name, isOpen, onChange, onRemove }: LineButtonsProps) {
  return (
    <span className="row agent-do">
      <button
        type="button"
        className="btn btn-quiet btn-s"
        aria-label={`Change ${name}`}
        aria-expanded={isOpen}
        onClick={onChange}
      >
        Change
      </button>
      {onRemove ? (
        <button type="button" className="btn btn-quiet btn-s" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </button>
      ) : null}
    </span>
  );
}
