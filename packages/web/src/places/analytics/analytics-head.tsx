/** The head of Analytics: range, filters, metric, a link to this view. */
import type { Query } from '@taffrail/client';
import { agentLabel, type Facet, type Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Check, Download, Link as LinkIcon } from 'lucide-react';
import { useState } from 'react';
import { useToday } from '../../app/clock.js';
import { useIsPhone } from '../../app/media.js';
import { facetsQuery } from '../../app/queries.js';
import { daysLabel, daysOf, type RangeName, rangeLabels, rangeNames } from '../../app/range.js';
import { folderName, shortModel } from '../../parts/format-path.js';
import { ChoiceMenu, LinkMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import { toggled } from '../sessions/url-state.js';
import { metricLabels, metricShortLabels } from './metrics.js';
import { downloads } from './queries.js';
import { type AnalyticsSearch, type FilterName, fallbackRange } from './url-state.js';

type HeadProps = {
  search: AnalyticsSearch;
  metric: Metric;
  metrics: readonly Metric[];
  asked: Query;
  onChange: (next: Partial<AnalyticsSearch>) => void;
};

export function AnalyticsHead(props: HeadProps) {
  const { metric, metrics, asked, onChange } = props;
  const isPhone = useIsPhone();
  const actions = (
    <>
      <CopyLink />
      <LinkMenu
        title="Download the totals"
        icon={<Download className="icon-s" aria-hidden="true" />}
        links={downloads('summary', asked)}
      />
    </>
  );
  if (isPhone) {
    return (
      <>
        <header className="ph-top">
          <h1 className="grow">Analytics</h1>
          {actions}
        </header>
        <div className="ph-chips">
          <RangeChip {...props} />
          <MetricChip {...props} />
          <FilterChips {...props} />
        </div>
      </>
    );
  }
  return (
    <header className="page-h page-h-wrap">
      <h1>Analytics</h1>
      <RangeChip {...props} />
      <FilterChips {...props} />
      <span className="grow" />
      <Segmented
        label="Metric"
        value={metric}
        options={metrics.map((value) => ({ value, label: metricShortLabels[value] }))}
        onChange={(next) => onChange({ metric: next })}
      />
      {actions}
    </header>
  );
}

function RangeChip({ search, onChange }: HeadProps) {
  const today = useToday();
  const isDays = Boolean(search.since || search.until);
  const chosen = search.range ?? fallbackRange;
  const label = daysLabel(daysOf(search, fallbackRange, today), today);
  return (
    <ChoiceMenu
      label="Range"
      options={rangeNames.map((value) => ({ value, label: rangeLabels[value] }))}
      selected={isDays ? [] : [chosen]}
      onSelect={(value) => onChange({ range: value as RangeName, since: undefined, until: undefined })}
    >
      <b>{label}</b>
      {isDays || chosen === 'all' ? null : rangeLabels[chosen].replace('Last ', '').toLowerCase()}
    </ChoiceMenu>
  );
}

function MetricChip({ metric, metrics, onChange }: HeadProps) {
  return (
    <ChoiceMenu
      label="Metric"
      options={metrics.map((value) => ({ value, label: metricLabels[value] }))}
      selected={[metric]}
      onSelect={(value) => onChange({ metric: value as Metric })}
    >
      <b>{metricLabels[metric]}</b>
    </ChoiceMenu>
  );
}

const words: Record<FilterName, { all: string; many: string; of: (key: string) => string; none: string }> = {
  agent: { all: 'All agents', many: 'agents', of: agentLabel, none: 'No agent' },
  project: { all: 'All projects', many: 'projects', of: folderName, none: 'No folder' },
  model: { all: 'All models', many: 'models', of: shortModel, none: 'Not logged' },
};

function FilterChips({ search, onChange }: HeadProps) {
  const facets = useQuery(facetsQuery({})).data;
  if (!facets) return null;
  const lists: [FilterName, Facet[]][] = [
    ['agent', facets.agents],
    ['project', facets.projects],
    ['model', facets.models],
  ];
  return lists.map(([name, values]) => {
    const chosen = search[name] ?? [];
    const word = words[name];
    const nameOf = (key: string) => (key === '' ? word.none : word.of(key));
    return (
      <ChoiceMenu
        key={name}
        many
        label={word.all}
        options={values.map((facet) => ({ value: facet.key, label: nameOf(facet.key), note: facet.count }))}
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

const saidMs = 1500;

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      // Refused by the browser: the address bar holds the same link.
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), saidMs);
  };
  const title = copied ? 'Copied' : 'Copy a link to this view';
  return (
    <button
      type="button"
      className="btn btn-quiet btn-icon"
      title={title}
      aria-label={title}
      onClick={() => void copy()}
    >
      {copied ? <Check className="icon-s" aria-hidden="true" /> : <LinkIcon className="icon-s" aria-hidden="true" />}
    </button>
  );
}
