/** The notices that are shown just now. */
import { CircleAlert, X } from 'lucide-react';
import { hideToast, useToasts } from './toasts.js';

export function ToastList() {
  const toasts = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={toast.isError ? 'toast toast-error' : 'toast'}>
          {toast.isError ? <CircleAlert className="icon-s" aria-hidden="true" /> : null}
          <span className="grow">{toast.text}</span>
          {toast.action ? (
            <button
              type="button"
              className="link"
              onClick={() => {
                toast.action?.run();
                hideToast(toast.id);
              }}
            >
              {toast.action.label}
            </button>
          ) : null}
          <button type="button" className="x" aria-label="Dismiss" onClick={() => hideToast(toast.id)}>
            <X className="icon-s" aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}
