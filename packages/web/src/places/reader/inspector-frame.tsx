/** The frame of the inspector: its tabs, and the button that folds it away. */
import { PanelRight } from 'lucide-react';
import type { ReactNode } from 'react';

/** The trace needs more of the width than the other panels. */
export function benchClass(panel: string): string {
  return panel === 'none' ? 'bench bench-wide' : panel === 'trace' ? 'bench bench-trace' : 'bench';
}

type FrameProps<Name extends string> = {
  tabs: readonly { name: Name; label: string; count?: number | string | undefined }[];
  panel: Name;
  onPanel: (panel: Name | 'none') => void;
  children: ReactNode;
};

export function InspectorFrame<Name extends string>({ tabs, panel, onPanel, children }: FrameProps<Name>) {
  return (
    <aside className="inspector" aria-label="Inspector">
      <div className="panels" role="tablist">
        {tabs.map(({ name, label, count }) => (
          <button key={name} type="button" role="tab" aria-selected={name === panel} onClick={() => onPanel(name)}>
            {label}
            {count === undefined ? null : <span className="n">{count}</span>}
          </button>
        ))}
        <button
          type="button"
          className="btn btn-icon btn-quiet"
          title="Hide the inspector"
          aria-label="Hide the inspector"
          onClick={() => onPanel('none')}
        >
          <PanelRight className="icon-s" aria-hidden="true" />
        </button>
      </div>
      {children}
    </aside>
  );
}
