/** Keys of model providers: what is there, whether it works, and one more. */
import type { Settings } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Plus, RefreshCw } from 'lucide-react';
import { Fragment, useRef, useState } from 'react';
import { problemFrom, rest } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { counted } from '../../parts/format-number.js';
import { AfterDelay, Blank, Failed, Skeleton } from '../../parts/states.js';
import { KeyForm } from './key-form.js';
import { KeyRow } from './key-row.js';
import { Refusal } from './labelled.js';
import { settingsQuery, useSettingsOrder } from './settings-query.js';
import { type Tests, useTests } from './use-tests.js';

export function KeysSection() {
  const settings = useQuery(settingsQuery);
  return (
    <section id="keys" className="set-sec">
      {settings.data ? (
        <Keys settings={settings.data} />
      ) : (
        <>
          <h2>Keys</h2>
          {settings.isError ? (
            <Failed
              what="The keys could not be loaded"
              problem={problemFrom(settings.error)}
              onRetry={() => void settings.refetch()}
            />
          ) : (
            <AfterDelay>
              <Skeleton width="100%" height={150} />
            </AfterDelay>
          )}
        </>
      )}
    </section>
  );
}

/** `''` is the form for a new key. */
type Open = string | null;

function Keys({ settings }: { settings: Settings }) {
  const [open, setOpen] = useState<Open>(null);
  const tests = useTests((id) => rest.testKey(id));
  const add = useRef<HTMLButtonElement>(null);
  const keys = ownKeys(settings);
  const close = () => {
    setOpen(null);
    add.current?.focus();
  };
  const done = (id: string) => {
    close();
    tests.test(id);
  };
  return (
    <>
      <div className="row set-h">
        <h2>Keys</h2>
        <span className="grow" />
        {keys.length > 1 ? (
          <button type="button" className="btn btn-s" onClick={() => tests.all(keys.map(({ id }) => id))}>
            <RefreshCw className="icon-xs" aria-hidden="true" />
            Test all
          </button>
        ) : null}
        <button
          ref={add}
          type="button"
          className="btn btn-s"
          aria-expanded={open === ''}
          onClick={() => setOpen(open === '' ? null : '')}
        >
          <Plus className="icon-xs" aria-hidden="true" />
          Add key
        </button>
      </div>
      <p>A stored key is never shown again. When one is rate limited, the next model in the agent’s list answers.</p>
      {open === '' ? <KeyForm settings={settings} onDone={done} onCancel={close} /> : null}
      {keys.length === 0 ? (
        <NoKeys isAdding={open === ''} onAdd={() => setOpen('')} />
      ) : (
        <KeyTable settings={settings} open={open} tests={tests} onOpen={setOpen} onDone={done} onClose={close} />
      )}
      <OllamaLine ollama={settings.ollama} />
    </>
  );
}

/** All but the demo model's: it is always there, and nothing can be done with it. */
const ownKeys = ({ keys }: Settings) => keys.filter(({ origin }) => origin !== 'built-in');

type TableProps = {
  settings: Settings;
  open: Open;
  tests: Tests;
  onOpen: (id: string) => void;
  onDone: (id: string) => void;
  onClose: () => void;
};

function KeyTable({ settings, open, tests, onOpen, onDone, onClose }: TableProps) {
  const now = useNow(10_000);
  return (
    <div className="framed">
      <table className="tbl tbl-keys">
        <thead>
          <tr>
            <th>Name</th>
            <th>Provider</th>
            <th>Source</th>
            <th>State</th>
            <th className="num">Answers in</th>
            <th>
              <span className="sr-only">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {ownKeys(settings).map((key) => (
            <Fragment key={key.id}>
              <KeyRow
                item={key}
                now={now}
                isTesting={tests.testing.has(key.id)}
                onTest={() => tests.test(key.id)}
                onChange={() => onOpen(key.id)}
              />
              {open === key.id ? (
                <tr className="form-row">
                  <td colSpan={6}>
                    <KeyForm settings={settings} known={key} onDone={onDone} onCancel={onClose} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NoKeys({ isAdding, onAdd }: { isAdding: boolean; onAdd: () => void }) {
  return (
    <Blank
      fact="No key yet"
      action={
        isAdding ? null : (
          <button type="button" className="btn" onClick={onAdd}>
            <Plus className="icon-xs" aria-hidden="true" />
            Add a key
          </button>
        )
      }
    >
      Until there is one, the demo model answers: a script that drives the real tools. A key is also taken from{' '}
      <span className="mono">ANTHROPIC_API_KEY</span>, <span className="mono">OPENAI_API_KEY</span> or{' '}
      <span className="mono">GEMINI_API_KEY</span> when the server starts.
    </Blank>
  );
}

/** A local Ollama is found by itself; where none is, this is the only place that says so. */
function OllamaLine({ ollama: { isFound, url, models } }: Pick<Settings, 'ollama'>) {
  const order = useSettingsOrder(() => rest.lookForModels());
  return (
    <div className="row xs ink3 set-foot">
      <span>
        {isFound ? (
          <>
            Ollama at <span className="mono">{url}</span>, {counted(models, 'model')}
          </>
        ) : (
          <>
            No Ollama at <span className="mono">{url}</span>
          </>
        )}
      </span>
      <button type="button" className="link" disabled={order.isPending} onClick={() => order.send(undefined, () => {})}>
        {order.isPending ? 'Looking' : 'Look again'}
      </button>
      <Refusal problem={order.problem} />
    </div>
  );
}
