/** The frame pieces of the palette: its titled groups, its scope tabs, its line of keys. */
import { Command as Cmdk } from 'cmdk';
import { ArrowDown, ArrowUp, CornerDownLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { exactNumber } from '../../parts/format-number.js';
import { Kbd } from '../../parts/kbd.js';
import { type Scope, scopeLabels } from './url-state.js';

export function Group(props: { title: string; isShown: boolean; end?: string; children: ReactNode }) {
  if (!props.isShown) return null;
  return (
    <Cmdk.Group
      className="pal-g"
      heading={
        <span className="pal-h">
          {props.title}
          <span className="end">{props.end}</span>
        </span>
      }
    >
      {props.children}
    </Cmdk.Group>
  );
}

type ScopeTabsProps = {
  scope: Scope;
  scopes: readonly Scope[];
  onScope: (scope: Scope) => void;
  count: (scope: Scope) => string;
};

export function ScopeTabs({ scope, scopes, onScope, count }: ScopeTabsProps) {
  return (
    <div className="pal-tabs" role="tablist" aria-label="Look through">
      {scopes.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          tabIndex={-1}
          aria-selected={one === scope}
          onMouseDown={(event) => {
            // Keeps the focus, and with it the typing, in the field.
            event.preventDefault();
            onScope(one);
          }}
        >
          {scopeLabels[one]} <span className="n">{one === scope || scope === 'all' ? count(one) : ''}</span>
        </button>
      ))}
    </div>
  );
}

export function Foot({ pendingRows }: { pendingRows: number }) {
  return (
    <div className="pal-f">
      <span>
        <Kbd>
          <ArrowUp aria-hidden="true" />
        </Kbd>
        <Kbd>
          <ArrowDown aria-hidden="true" />
        </Kbd>
        move
      </span>
      <span>
        <Kbd>
          <CornerDownLeft aria-hidden="true" />
        </Kbd>
        open at the hit
      </span>
      <span>
        <Kbd>Tab</Kbd> next scope
      </span>
      <span className="grow" />
      {pendingRows > 0 ? <span>{exactNumber(pendingRows)} entries not searchable yet</span> : null}
    </div>
  );
}
