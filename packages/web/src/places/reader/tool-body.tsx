/** An opened tool call: what was asked, what changed, what came back. */
import { argumentsOf, editsOf, linesOf } from '@taffrail/session';
import { ExternalLink } from 'lucide-react';
import { useMemo, useState } from 'react';
import { rest } from '../../app/api.js';
import { bytes, counted } from '../../parts/format-number.js';
import { plainOutput } from './ansi.js';
import { Attachments } from './attachments.js';
import type { ResultItem, ToolBlock } from './blocks.js';
import { CopyButton } from './code-block.js';
import { DiffView } from './diff-view.js';
import { SubAgentBody } from './sub-agent.js';
import { summaryOf, toolKind } from './tool-summary.js';

/** Lines of a text shown before "show all". */
const linesMax = 60;
/** Lines of an output shown while it grows. */
const tailLines = 20;

type BodyProps = { block: ToolBlock; sessionId: string; cwd: string | null; isRunning: boolean };

export function ToolBody({ block, sessionId, cwd, isRunning }: BodyProps) {
  const { call, result } = block;
  const edits = useMemo(() => (call ? editsOf(call.item.name, call.item.text) : []), [call]);
  const asked = useMemo(() => (call ? askedText(call.item.name, call.item.text) : ''), [call]);
  // What fits on the line is already there.
  const saysMore = asked !== '' && asked !== summaryOf(block, cwd).argument && !isOneShortValue(call?.item.text ?? '');
  const childId = result?.item.childSessionId;
  // A diff says all that "the file was updated" says; failures and other results are shown.
  // Of a sub-agent at work its session tells.
  const isAtWork = childId !== undefined && isRunning;
  const showsResult = result !== null && !isAtWork && (edits.length === 0 || result.item.status !== 'ok');
  return (
    <>
      {edits.length > 0 ? (
        <div className="opened">
          {edits.map((edit, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one call may change the same file twice
            <DiffView key={index} edit={edit} cwd={cwd} />
          ))}
        </div>
      ) : saysMore ? (
        <div className="opened">
          <TextBox title="Input" text={asked} />
        </div>
      ) : null}
      {childId ? <SubAgentBody id={childId} /> : null}
      {showsResult ? (
        <div className="opened">
          <Result result={result} sessionId={sessionId} isRunning={isRunning} />
        </div>
      ) : null}
    </>
  );
}

function Result({ result, sessionId, isRunning }: { result: ResultItem; sessionId: string; isRunning: boolean }) {
  const text = useMemo(() => plainOutput(result.item.text), [result]);
  const { blob, status, attachments } = result.item;
  return (
    <>
      <TextBox
        title={isRunning ? 'Output so far' : resultTitles[status]}
        text={text}
        isGrowing={isRunning}
        isBad={status === 'error'}
        whole={blob ? { href: rest.links.blob(sessionId, blob.hash), size: blob.sizeBytes } : null}
      />
      {attachments ? <Attachments list={attachments} sessionId={sessionId} /> : null}
    </>
  );
}

const resultTitles = { ok: 'Output', error: 'Error', interrupted: 'Output until it was interrupted' } as const;

type TextBoxProps = {
  title: string;
  text: string;
  /** More comes: its end is shown, and stays shown when it is whole, so that nothing jumps. */
  isGrowing?: boolean;
  isBad?: boolean;
  /** Where the whole text is kept, when this is only its head and tail. */
  whole?: { href: string; size: number } | null;
};

function TextBox({ title, text, isGrowing = false, isBad, whole }: TextBoxProps) {
  const [showAll, setShowAll] = useState(false);
  const [showsEnd, setShowsEnd] = useState(isGrowing);
  if (isGrowing && !showsEnd) setShowsEnd(true);
  const lines = useMemo(() => linesOf(text), [text]);
  const shown = showAll ? lines : showsEnd ? lines.slice(-tailLines) : lines.slice(0, linesMax);
  const hidden = lines.length - shown.length;
  return (
    <>
      <div className="opened-head">
        <span className={isBad ? 'bad' : undefined}>{title}</span>
        <span className="grow" />
        {whole ? (
          <a href={whole.href} target="_blank" rel="noopener noreferrer" className="copy">
            <ExternalLink className="icon-xs" aria-hidden="true" />
            Whole output, {bytes(whole.size)}
          </a>
        ) : null}
        <CopyButton text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide output is scrolled with the arrow keys */}
      <pre className="out" tabIndex={0}>
        {lines.length === 0 ? <span className="ink3">empty</span> : shown.join('\n')}
      </pre>
      {hidden > 0 ? (
        <button type="button" className="more" onClick={() => setShowAll(true)}>
          {showsEnd ? counted(hidden, 'line before these', 'lines before these') : counted(hidden, 'more line')}
        </button>
      ) : null}
    </>
  );
}

/** The arguments as a person reads them: a command as it was typed, other arguments one per line. */
function askedText(name: string, text: string): string {
  const args = argumentsOf(text);
  if (!args) return text;
  const entries = Object.entries(args);
  const command = args.command ?? args.cmd;
  if (toolKind(name) === 'shell' && typeof command === 'string') {
    const others = entries.filter(([, value]) => value !== command);
    return [command, ...others.map(([key, value]) => `# ${key}: ${valueText(value)}`)].join('\n');
  }
  return entries.map(([key, value]) => `${key}: ${valueText(value)}`).join('\n');
}

/** A single argument of one line: a path, a pattern, a command. */
function isOneShortValue(text: string): boolean {
  const values = Object.values(argumentsOf(text) ?? {});
  const [value] = values;
  return values.length === 1 && typeof value === 'string' && !value.includes('\n') && value.length < 100;
}

function valueText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  return value.includes('\n') ? `\n${value}` : value;
}
