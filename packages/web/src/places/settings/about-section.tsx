/** What this server is, and what this page could not read from it. */
import { useQuery } from '@tanstack/react-query';
import { problemFrom } from '../../app/api.js';
import { reports, useSocketState } from '../../app/live.js';
import { metaQuery } from '../../app/queries.js';
import { exactTime } from '../../parts/format-time.js';
import { Failed } from '../../parts/states.js';

const lines = {
  stopped: 'not connected',
  connecting: 'connecting',
  open: 'connected',
  waiting: 'reconnecting',
} as const;

export function AboutSection() {
  const meta = useQuery(metaQuery);
  const line = useSocketState();
  return (
    <section id="about" className="set-sec">
      <h2>About</h2>
      {meta.isError ? (
        <Failed
          what="The server did not say what it is"
          problem={problemFrom(meta.error)}
          onRetry={() => void meta.refetch()}
        />
      ) : null}
      {meta.data ? (
        <dl className="facts">
          <dt>Version</dt>
          <dd>
            {meta.data.version}, protocol {meta.data.protocol}
          </dd>
          <dt>Data folder</dt>
          <dd className="mono trunc" title={meta.data.dataDir}>
            {meta.data.dataDir}
          </dd>
          <dt>Server</dt>
          <dd>
            {location.host}, {lines[line.name]}
          </dd>
          <dt>Can do</dt>
          <dd className="facts-list">
            {meta.data.capabilities.map((capability) => (
              <span key={capability} className="chip chip-line mono">
                {capability}
              </span>
            ))}
          </dd>
        </dl>
      ) : null}
      {reports.length > 0 ? <Reports /> : null}
    </section>
  );
}

/** Frames this page did not understand: most often the server is newer. */
function Reports() {
  return (
    <details className="facts-more">
      <summary>{reports.length} messages of the server were not understood and skipped</summary>
      <ul>
        {reports.map((report) => (
          <li key={`${report.at} ${report.detail}`} className="mono xs ink2">
            {exactTime(new Date(report.at).toISOString())} {report.kind} {report.detail}
          </li>
        ))}
      </ul>
    </details>
  );
}
