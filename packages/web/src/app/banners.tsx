/** The thin bar under the strip: the line is down, or logs are being read. Nothing else on the page changes for it. */
import type { SocketState } from '@taffrail/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, RefreshCw, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { exactNumber } from '../parts/format-number.js';
import { ago, remaining } from '../parts/format-time.js';
import { useNow } from './clock.js';
import { reconnectNow, useSocketState } from './live.js';
import { importQuery, sessionCountQuery } from './queries.js';

/** A line that comes back within this time was no news to anyone. */
const graceMs = 1500;

export function Banners() {
  const line = useSocketState();
  const [late, setLate] = useState(false);
  const isDown = line.name !== 'open';
  useEffect(() => {
    if (!isDown) return setLate(false);
    const timer = setTimeout(() => setLate(true), graceMs);
    return () => clearTimeout(timer);
  }, [isDown]);
  return isDown && late ? <Disconnected line={line} /> : <Importing />;
}

function Disconnected({ line }: { line: SocketState }) {
  const now = useNow(1000);
  const seen = line.seenAt === null ? 'not reached yet' : `last seen ${ago(new Date(line.seenAt).toISOString(), now)}`;
  return (
    <div className="banner" role="status">
      <WifiOff className="icon-s" aria-hidden="true" />
      <span className="trunc">
        <span className="strong">Reconnecting… {seen}.</span>{' '}
        <span className="ink2">What is shown stays; what happens meanwhile is shown when the line is back.</span>
      </span>
      <span className="grow" />
      {line.name === 'waiting' ? (
        <span className="ink2 nowrap">Next try in {remaining(Math.max(0, line.retryAt - now.getTime()))}</span>
      ) : null}
      <button type="button" className="link" onClick={reconnectNow}>
        Try now
      </button>
    </div>
  );
}

function Importing() {
  const status = useQuery(importQuery).data;
  const sessions = useQuery(sessionCountQuery).data;
  if (status?.error) return <ImportFailed error={status.error} />;
  if (status?.state !== 'importing' && status?.state !== 'indexing') return null;
  // The first run has a page of its own for this.
  if (sessions === 0) return null;
  const indexing = status.state === 'indexing';
  const share = status.bytesTotal > 0 ? status.bytesDone / status.bytesTotal : 0;
  return (
    <div className="banner banner-sync" role="status">
      <RefreshCw className="icon-s" aria-hidden="true" />
      <span className="trunc">
        {indexing
          ? `Search does not see ${exactNumber(status.pendingRows)} entries yet; everything else is complete.`
          : `Reading logs: ${exactNumber(status.filesDone)} of ${exactNumber(status.filesTotal)} files.`}
        {status.etaMs === null ? '' : ` ${remaining(status.etaMs)} left.`}
      </span>
      <span className="grow" />
      <Link to="/settings" search={{ section: 'import' }} className="link">
        Details
      </Link>
      {indexing ? null : (
        <span className="progress">
          <i style={{ width: `${share * 100}%` }} />
        </span>
      )}
    </div>
  );
}

function ImportFailed({ error }: { error: string }) {
  return (
    <div className="banner banner-error" role="alert">
      <CircleAlert className="icon-s" aria-hidden="true" />
      <span className="trunc" title={error}>
        The import stopped: {error}
      </span>
      <span className="grow" />
      <Link to="/settings" search={{ section: 'import' }} className="link">
        Details
      </Link>
    </div>
  );
}
