/** The head of Analytics: range, filters, metric, a link to this view. */
import type { Query } from '@taffrail/client';
import type { Metric } from '@taffrail/wire';
import { Check, Download, Link as LinkIcon } from 'lucide-react';
import { useState } from 'react';
import { useToday } from '../../app/clock.js';
import { useIsPhone } from '../../app/media.js';
import { daysLabel, daysOf, type RangeName, rangeLabels, rangeNames } from '../../app/range.js';
import { ChoiceMenu, LinkMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import { FilterChips, FilterSheet } from './filters.js';
import { metricLabels, metricShortLabels } from './metrics.js';
import { downloads } from './queries.js';
import { type AnalyticsSearch, fallbackRange } from './url-state.js';

type HeadProps = {
  search: AnalyticsSearch;
  metric: Metric;
  metrics: readonly Metric[];
  asked: Query;
  onChange: (next: Partial<AnalyticsSearch>) => void;
};

export function AnalyticsHead(props: HeadProps) {
  const { search, metric, metrics, asked, onChange } = props;
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
          <FilterSheet search={search} onChange={onChange} />
        </div>
      </>
    );
  }
  return (
    <header className="page-h page-h-wrap">
      <h1>Analytics</h1>
      <RangeChip {...props} />
      <FilterChips search={search} onChange={onChange} />
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
