/** Nothing is imported yet: what was looked for and where, and how far the reading is. */
import { agentLabel, type ImportRoot, type ImportStatus } from '@taffrail/wire';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, KeyRound, Play, RefreshCw } from 'lucide-react';
import { answerOf, problemFrom, queryClient, rest } from '../../app/api.js';
import { choicesQuery, importQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { bytes, counted, exactNumber } from '../../parts/format-number.js';
import { tildePath } from '../../parts/format-path.js';
import { remaining } from '../../parts/format-time.js';
import { Glyph } from '../../parts/glyph.js';
import { Kbd } from '../../parts/kbd.js';
import { Failed } from '../../parts/states.js';
import { inOrder } from '../settings/roots.js';

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

function headline(found: number): string {
  if (found === 0) return 'No agent has left a log here yet';
  return `${numbers[found] ?? found} ${found === 1 ? 'agent has' : 'agents have'} worked here before`;
}

export function FirstRun() {
  const status = useQuery(importQuery);
  if (status.isError) {
    return (
      <main className="first">
        <div className="first-in">
          <Failed
            what="What was found on this machine could not be loaded"
            problem={problemFrom(status.error)}
            onRetry={() => void status.refetch()}
          />
        </div>
      </main>
    );
  }
  if (!status.data) return <main className="first" />;
  const found = new Set(status.data.roots.filter((root) => root.exists).map((root) => root.agent)).size;
  return (
    <main className="first">
      <div className="first-in">
        <h1>{headline(found)}</h1>
        <p className="ink2 first-lead">
          {found === 0
            ? 'taffrail looked in these folders. When an agent writes there, its sessions show up here by themselves.'
            : 'taffrail reads their logs and changes nothing in them. The list fills while it reads.'}
        </p>
        <div className="framed">
          <table className="tbl tbl-first">
            <tbody>
              {inOrder(status.data.roots).map((root) => (
                <RootRow key={`${root.agent}:${root.path}`} root={root} isReading={status.data.state === 'importing'} />
              ))}
            </tbody>
          </table>
        </div>
        <Progress status={status.data} />
        <div className="row first-do">
          <LookAgain />
        </div>
        <Offers />
        <div className="row xs ink3 first-keys">
          <span className="row">
            <Kbd command>K</Kbd> search everything
          </span>
          <span className="row">
            <Kbd>?</Kbd> all keys
          </span>
        </div>
      </div>
    </main>
  );
}

/** Two ways to begin: at once, or with a model of one's own. */
function Offers() {
  const models = useQuery({ ...choicesQuery, enabled: useServes('live') }).data?.models ?? [];
  const [runs, sets] = [useServes('live'), useServes('settings')];
  const own = models.find(({ provider }) => provider !== 'demo');
  if (!runs) return null;
  return (
    <div className="offer">
      <div>
        <h2>
          <Play className="icon-s" aria-hidden="true" />
          {own ? 'Start a session' : 'No key yet? Use the demo model'}
        </h2>
        <p>
          {own
            ? `${own.id} can answer, and the demo model that needs no key.`
            : 'A script drives the real tools in a folder of its own. Its usage is marked as simulated.'}
        </p>
        <Link to="/" search={{ s: 'new' }} className="btn btn-primary">
          {own ? 'Start a session' : 'Start with the demo model'}
        </Link>
      </div>
      <div>
        <h2>
          <KeyRound className="icon-s" aria-hidden="true" />
          {own ? 'Keys' : 'Add a key'}
        </h2>
        <p>
          {sets ? 'Enter one in Settings, or set ' : 'Set '}
          <span className="mono">ANTHROPIC_API_KEY</span>, <span className="mono">OPENAI_API_KEY</span> or{' '}
          <span className="mono">GEMINI_API_KEY</span> before the server starts. A running Ollama is found by itself.
        </p>
        {sets ? (
          <Link to="/settings" search={{ section: 'keys' }} className="btn">
            {own ? 'Keys in Settings' : 'Add a key'}
          </Link>
        ) : null}
      </div>
    </div>
  );
}

function RootRow({ root, isReading }: { root: ImportRoot; isReading: boolean }) {
  return (
    <tr>
      <td>
        <span className="row">
          <Glyph agent={root.agent} />
          {agentLabel(root.agent)}
        </span>
      </td>
      <td className="mono ink2" title={root.path}>
        {tildePath(root.path)}
      </td>
      <td>
        <RootState root={root} isReading={isReading} />
      </td>
      <td className="num">{root.exists ? counted(root.sessions, 'session') : null}</td>
      <td className="num ink2">{root.exists ? counted(root.files, 'file') : null}</td>
      <td className="num ink3">{root.exists ? bytes(root.bytes) : null}</td>
    </tr>
  );
}

function RootState({ root, isReading }: { root: ImportRoot; isReading: boolean }) {
  if (!root.exists) return <span className="ink3">not found</span>;
  if (root.lastImportAt === null) return <span className="ink2">{isReading ? 'reading' : 'found'}</span>;
  return (
    <span className="state ink2">
      <span className="dot ok">
        <Check className="icon-s" aria-hidden="true" />
      </span>
      imported
    </span>
  );
}

function Progress({ status }: { status: ImportStatus }) {
  const sessions = status.roots.reduce((sum, root) => sum + root.sessions, 0);
  if (status.state === 'idle') {
    return <p className="xs ink3 first-sum">{counted(sessions, 'session')} imported</p>;
  }
  const share = status.bytesTotal > 0 ? status.bytesDone / status.bytesTotal : 0;
  return (
    <div className="first-sum">
      <div
        className="prog"
        role="progressbar"
        aria-label="Import"
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p className="row xs ink3">
        <span>
          {exactNumber(status.filesDone)} of {counted(status.filesTotal, 'file')} · {bytes(status.bytesDone)} of{' '}
          {bytes(status.bytesTotal)} · {counted(sessions, 'session')} so far
        </span>
        <span className="grow" />
        {status.etaMs === null ? null : <span>{remaining(status.etaMs)} left</span>}
      </p>
    </div>
  );
}

function LookAgain() {
  const run = useMutation({
    mutationFn: () => answerOf(rest.runImport()),
    onSettled: () => queryClient.invalidateQueries(),
  });
  return (
    <div className="row">
      <button type="button" className="btn" disabled={run.isPending} onClick={() => run.mutate()}>
        <RefreshCw className="icon-xs" aria-hidden="true" />
        Look again
      </button>
      {run.isError ? <span className="ink2">{problemFrom(run.error).detail}</span> : null}
    </div>
  );
}
