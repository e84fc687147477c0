/** Filters with counts: what each value would leave. */
import { agentLabel, type Facet, type SessionFacets } from '@taffrail/wire';
import type { ReactNode } from 'react';
import { Dot, dotState } from '../../parts/dot.js';
import { FacetGroup } from '../../parts/facet-group.js';
import { projectNames } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { type FacetName, type SessionsSearch, toggled } from './url-state.js';

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
  const projectName = projectNames(facets?.projects.map(({ key }) => key) ?? []);
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
          {key === '' ? 'No folder' : projectName(key)}
        </span>
      ))}
      {group('Usage', 'usage', facets?.usage, (key) => (
        <span className="trunc">{usageLabels[key] ?? key}</span>
      ))}
    </aside>
  );
}
