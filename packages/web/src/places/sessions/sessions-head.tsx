/** The head of the list: search field, range, model, the sums of what is shown, and how it is grouped. */
import type { SessionFacets } from '@taffrail/wire';
import { Search, SlidersHorizontal } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useToday } from '../../app/clock.js';
import { useKeys } from '../../app/keys.js';
import { useIsPhone } from '../../app/media.js';
import { daysLabel, daysOf, type RangeName, rangeLabels, rangeNames } from '../../app/range.js';
import { counted } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { Kbd } from '../../parts/kbd.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import { Facets } from './facets.js';
import type { GroupSum } from './rows.js';
import { Sum } from './sum.js';
import { type Grouping, type SessionsSearch, toggled } from './url-state.js';

type HeadProps = {
  search: SessionsSearch;
  sum: GroupSum | null;
  loaded: number;
  facets: SessionFacets | undefined;
  onChange: (next: Partial<SessionsSearch>) => void;
};

const groupOptions: { value: Grouping; label: string }[] = [
  { value: 'day', label: 'Day' },
  { value: 'project', label: 'Project' },
  { value: 'flat', label: 'Flat' },
];

export function SessionsHead(props: HeadProps) {
  const { search, sum, loaded, onChange } = props;
  const isPhone = useIsPhone();
  if (isPhone) return <PhoneHead {...props} />;
  return (
    <header className="page-h">
      <h1>Sessions</h1>
      <SearchField value={search.q ?? ''} onChange={(q) => onChange({ q })} />
      <RangeMenu search={search} onChange={onChange} />
      <ModelMenu {...props} />
      <span className="grow" />
      <span className="xs ink3 nowrap head-sum">
        {sum ? (
          <>
            {counted(sum.sessions, 'session')} · <Sum sum={sum} />
          </>
        ) : loaded > 0 ? (
          `${counted(loaded, 'session')} and more`
        ) : null}
      </span>
      <GroupSwitch {...props} />
    </header>
  );
}

function GroupSwitch({ search, onChange }: HeadProps) {
  return (
    <Segmented
      label="Group by"
      value={search.sort ? 'flat' : (search.group ?? 'day')}
      options={groupOptions}
      onChange={(group) => onChange({ group: group === 'day' ? undefined : group, sort: undefined, order: undefined })}
    />
  );
}

function RangeMenu({ search, onChange }: Pick<HeadProps, 'search' | 'onChange'>) {
  const today = useToday();
  const label = search.since || search.until ? daysLabel(daysOf(search, 'all', today), today) : null;
  const chosen: RangeName = search.range ?? 'all';
  return (
    <ChoiceMenu
      label="Range"
      options={rangeNames.map((value) => ({ value, label: rangeLabels[value] }))}
      selected={label ? [] : [chosen]}
      onSelect={(value) => {
        const range = value === 'all' ? undefined : (value as RangeName);
        onChange({ range, since: undefined, until: undefined });
      }}
    >
      {label ?? rangeLabels[chosen]}
    </ChoiceMenu>
  );
}

function ModelMenu({ search, facets, onChange }: HeadProps) {
  if (!facets || facets.models.length === 0) return null;
  const chosen = search.model ?? [];
  return (
    <ChoiceMenu
      many
      label="Model"
      options={facets.models.map((facet) => ({
        value: facet.key,
        label: facet.key === '' ? 'Not logged' : shortModel(facet.key),
        note: facet.count,
      }))}
      selected={chosen}
      onSelect={(value) => onChange({ model: toggled(chosen, value) })}
    >
      {chosen.length === 0 ? 'Model' : chosen.length === 1 ? shortModel(chosen[0] ?? '') : `${chosen.length} models`}
    </ChoiceMenu>
  );
}

const typingMs = 200;

/** A field that writes into the address once typing rests. `/` goes to it. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string | undefined) => void }) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useKeys({ '/': () => field.current?.focus() });
  useEffect(() => {
    // The address changed by itself (back, a cleared filter): follow it.
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text === '' ? undefined : text);
    }, typingMs);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <label className="field field-search">
      <Search className="icon-s" aria-hidden="true" />
      <input
        ref={field}
        type="search"
        placeholder="Title or folder"
        aria-label="Search sessions"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          // The browser would empty the field on Escape; here it only leaves it, and the filter stays.
          if (event.key === 'Escape') {
            event.preventDefault();
            field.current?.blur();
          }
          if (event.key === 'Enter' || event.key === 'ArrowDown') {
            event.preventDefault();
            document.querySelector<HTMLElement>('.vt')?.focus();
          }
        }}
      />
      <Kbd>/</Kbd>
    </label>
  );
}

function PhoneHead(props: HeadProps) {
  const { search, facets, onChange } = props;
  const [showFilters, setShowFilters] = useState(false);
  return (
    <>
      <header className="ph-top">
        <h1 className="grow">Sessions</h1>
        <GroupSwitch {...props} />
      </header>
      <div className="ph-chips">
        <button
          type="button"
          className="chip chip-line"
          aria-expanded={showFilters}
          onClick={() => setShowFilters(!showFilters)}
        >
          <SlidersHorizontal className="icon-xs" aria-hidden="true" />
          <b>Filters</b>
        </button>
        <RangeMenu search={search} onChange={onChange} />
        <ModelMenu {...props} />
      </div>
      {showFilters ? (
        <div className="ph-filters">
          <SearchField value={search.q ?? ''} onChange={(q) => onChange({ q })} />
          <Facets facets={facets} search={search} onChange={onChange} />
        </div>
      ) : null}
    </>
  );
}
