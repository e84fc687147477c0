/** One filter as a list of values to check, each with what it would leave. */
import type { Facet } from '@taffrail/wire';
import { Check } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { exactNumber } from './format-number.js';

/** Values shown before "n more". */
const shownMax = 8;

type GroupProps = {
  title: string;
  values: readonly Facet[];
  selected: readonly string[] | undefined;
  onToggle: (key: string) => void;
  show: (key: string) => ReactNode;
};

export function FacetGroup({ title, values, selected, onToggle, show }: GroupProps) {
  const [showAll, setShowAll] = useState(false);
  // A chosen value stays in sight even when nothing is left of it.
  const gone = (selected ?? []).filter((key) => !values.some((value) => value.key === key));
  const all = [...values, ...gone.map((key) => ({ key, count: 0 }))];
  const shown = showAll || all.length <= shownMax + 1 ? all : all.slice(0, shownMax);
  const rest = all.slice(shown.length);
  if (all.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {shown.map((value) => {
        const isOn = selected?.includes(value.key) ?? false;
        return (
          <label key={value.key} className="facet-i">
            <input type="checkbox" className="sr-only" checked={isOn} onChange={() => onToggle(value.key)} />
            <span className={isOn ? 'check on' : 'check'} aria-hidden="true">
              {isOn ? <Check /> : null}
            </span>
            {show(value.key)}
            <span className="num">{exactNumber(value.count)}</span>
          </label>
        );
      })}
      {rest.length > 0 ? (
        <button type="button" className="facet-i" onClick={() => setShowAll(true)}>
          <span className="check-gap" />
          <span className="trunc ink3">{rest.length} more</span>
          <span className="num">{exactNumber(rest.reduce((sum, value) => sum + value.count, 0))}</span>
        </button>
      ) : null}
    </fieldset>
  );
}
