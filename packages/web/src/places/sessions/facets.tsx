/** Filters with counts: what each value would leave. */
import { agentLabel, type Facet, type SessionFacets } from '@taffrail/wire';
import { Check } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Dot, dotState } from '../../parts/dot.js';
import { exactNumber } from '../../parts/format-number.js';
import { folderName } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { type FacetName, type SessionsSearch, toggled } from './url-state.js';

/** Values shown before "n more". */
const shownMax = 8;

type FacetsProps = {
  facets: SessionFacets | undefined;
  search: SessionsSearch;
  onChange: (next: Partial<SessionsSearch>) => void;
};

const stateLabels: Record<string, string> = {
  running: 'Running',
  waiting: 'Waiting for you',
  failed: 'Failed',
  interrupted: 'Interrupted',
  idle: 'Finished',
  archived: 'Archived',
};
const usageLabels: Record<string, string> = { known: 'Known', partial: 'Partly known', unknown: 'Not known' };

export function Facets({ facets, search, onChange }: FacetsProps) {
  const group = (title: string, name: FacetName, values: Facet[] | undefined, show: (key: string) => ReactNode) => (
    <FacetGroup
      title={title}
      values={values ?? []}
      selected={search[name]}
      onToggle={(key) => onChange({ [name]: toggled(search[name], key) })}
      show={show}
    />
  );
  // A list in which nothing runs or failed needs no state filter.
  const states = facets?.states.filter((facet) => facet.count > 0);
  const stateMatters = states?.some((facet) => facet.key !== 'idle') || search.state;
  return (
    <aside className="facets" aria-label="Filters">
      {stateMatters
        ? group('State', 'state', states, (key) => (
            <>
              <Dot state={dotState({ status: key as 'idle', open: false })} />
              <span className="trunc">{stateLabels[key] ?? key}</span>
            </>
          ))
        : null}
      {group('Agent', 'agent', facets?.agents, (key) => (
        <>
          <Glyph agent={key} />
          <span className="trunc">{agentLabel(key)}</span>
        </>
      ))}
      {group('Project', 'project', facets?.projects, (key) => (
        <span className="trunc" title={key}>
          {key === '' ? 'No folder' : folderName(key)}
        </span>
      ))}
      {group('Usage', 'usage', facets?.usage, (key) => (
        <span className="trunc">{usageLabels[key] ?? key}</span>
      ))}
    </aside>
  );
}

type GroupProps = {
  title: string;
  values: Facet[];
  selected: string[] | undefined;
  onToggle: (key: string) => void;
  show: (key: string) => ReactNode;
};

function FacetGroup({ title, values, selected, onToggle, show }: GroupProps) {
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
