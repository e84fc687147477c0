/** The filters of Analytics: a chip each, or on a phone one chip that opens a sheet with all of them. */
import { agentLabel, type Facet } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { facetsQuery } from '../../app/queries.js';
import { FacetGroup } from '../../parts/facet-group.js';
import { modelNames, projectNames, tildePath } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { toggled } from '../sessions/url-state.js';
import { type AnalyticsSearch, type FilterName, filterNames } from './url-state.js';

/** `of`: what each of a list is called. */
type Words = {
  one: string;
  all: string;
  many: string;
  of: (keys: readonly string[]) => (key: string) => string;
  none: string;
};

const words: Record<FilterName, Words> = {
  agent: { one: 'Agent', all: 'All agents', many: 'agents', of: () => agentLabel, none: 'No agent' },
  project: { one: 'Project', all: 'All projects', many: 'projects', of: projectNames, none: 'No folder' },
  model: { one: 'Model', all: 'All models', many: 'models', of: modelNames, none: 'Not logged' },
};
function namesOf(name: FilterName, facets: readonly Facet[]): (key: string) => string {
  const nameOf = words[name].of(facets.map(({ key }) => key));
  return (key) => (key === '' ? words[name].none : nameOf(key));
}

type FiltersProps = { search: AnalyticsSearch; onChange: (next: Partial<AnalyticsSearch>) => void };

function useFacets(): Record<FilterName, readonly Facet[]> | null {
  const facets = useQuery(facetsQuery({})).data;
  return facets ? { agent: facets.agents, project: facets.projects, model: facets.models } : null;
}

export function FilterChips({ search, onChange }: FiltersProps) {
  const facets = useFacets();
  if (!facets) return null;
  return filterNames.map((name) => {
    const chosen = search[name] ?? [];
    const word = words[name];
    const nameOf = namesOf(name, facets[name]);
    return (
      <ChoiceMenu
        key={name}
        many
        label={word.all}
        options={facets[name].map((facet) => ({
          value: facet.key,
          label: nameOf(facet.key),
          note: facet.count,
        }))}
        selected={chosen}
        onSelect={(value) => onChange({ [name]: toggled(chosen, value) })}
      >
        {chosen.length === 0 ? (
          word.all
        ) : chosen.length === 1 ? (
          <b>{nameOf(chosen[0] ?? '')}</b>
        ) : (
          <b>{`${chosen.length} ${word.many}`}</b>
        )}
      </ChoiceMenu>
    );
  });
}

/** `Filters`, with how many values are chosen. */
export function FilterSheet({ search, onChange }: FiltersProps) {
  const facets = useFacets();
  const count = filterNames.reduce((sum, name) => sum + (search[name]?.length ?? 0), 0);
  const clear = () => onChange(Object.fromEntries(filterNames.map((name) => [name, undefined])));
  return (
    <Dialog.Root>
      <Dialog.Trigger className="chip chip-line">
        {count === 0 ? 'Filters' : <b>Filters</b>}
        {count === 0 ? null : <span className="num">{count}</span>}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="sheet" aria-describedby={undefined}>
          <div className="row sheet-head">
            <Dialog.Title className="strong grow">Filters</Dialog.Title>
            {count === 0 ? null : (
              <button type="button" className="btn btn-quiet" onClick={clear}>
                Clear
              </button>
            )}
            <Dialog.Close className="btn btn-quiet btn-icon" title="Close (Esc)" aria-label="Close">
              <X className="icon-s" aria-hidden="true" />
            </Dialog.Close>
          </div>
          {filterNames.map((name) => (
            <FacetGroup
              key={name}
              title={words[name].one}
              values={facets?.[name] ?? []}
              selected={search[name]}
              onToggle={(key) => onChange({ [name]: toggled(search[name], key) })}
              show={labels[name](namesOf(name, facets?.[name] ?? []))}
            />
          ))}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type Named = (key: string) => string;

const labels: Record<FilterName, (nameOf: Named) => (key: string) => ReactNode> = {
  agent: (nameOf) => (key) => (
    <>
      <Glyph agent={key} />
      <span className="trunc">{nameOf(key)}</span>
    </>
  ),
  project: (nameOf) => (key) => (
    <span className="trunc" title={tildePath(key)}>
      {nameOf(key)}
    </span>
  ),
  model: (nameOf) => (key) => (
    <span className="trunc mono" title={key}>
      {nameOf(key)}
    </span>
  ),
};
