/** What is folded to one line until someone wants it: thinking, words of the harness, summaries, errors. */

import { mcpErrorCode } from '@taffrail/wire';
import { ChevronDown, ChevronRight, CircleAlert, FoldVertical, Plug, RefreshCw, ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { exactNumber, shortNumber } from '../../parts/format-number.js';
import { duration } from '../../parts/format-time.js';
import type { Block } from './blocks.js';
import { Markdown } from './markdown.js';

type FoldProps<K extends Block['kind']> = {
  block: Extract<Block, { kind: K }>;
  isOpen: boolean;
  onToggle: (key: string) => void;
};

function Fold(props: {
  label: ReactNode;
  preview: string;
  icon?: ReactNode;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
}) {
  const Chevron = props.isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <button type="button" className="fold" aria-expanded={props.isOpen} onClick={props.onToggle}>
        <Chevron className="icon-s" aria-hidden="true" />
        {props.icon}
        <span className="nowrap">{props.label}</span>
        {props.isOpen ? null : <span className="trunc">{props.preview}</span>}
      </button>
      {props.isOpen ? <div className="folded">{props.children}</div> : null}
    </>
  );
}

const preview = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 240);

export function Thinking({ block, isOpen, isRunning, onToggle }: FoldProps<'thinking'> & { isRunning: boolean }) {
  const { text, hidden, durationMs, streaming } = block.item.item;
  const isGrowing = streaming === true && isRunning;
  const label = isGrowing ? 'Thinking' : durationMs === undefined ? 'Thought' : `Thought for ${duration(durationMs)}`;
  if (text === '') {
    return (
      <div className="fold">
        <span className="chev-gap" />
        <span>{label}</span>
        <span className="trunc">
          {isGrowing ? '…' : hidden ? 'the provider keeps the text to itself' : 'the log holds no text'}
        </span>
      </div>
    );
  }
  return (
    <Fold
      label={label}
      preview={preview(isGrowing ? text.slice(-240) : text)}
      isOpen={isOpen}
      onToggle={() => onToggle(block.key)}
    >
      <div className="prose-quiet">
        <Markdown text={text} isGrowing={isGrowing} />
      </div>
    </Fold>
  );
}

export function Harness({ block, isOpen, onToggle }: FoldProps<'harness'>) {
  const { text, role } = block.item.item;
  return (
    <Fold
      label={role === 'system' ? 'System' : 'From the harness'}
      icon={<ScrollText className="icon-s" aria-hidden="true" />}
      preview={preview(text.replace(/<\/?[a-z-]+>/gi, ' '))}
      isOpen={isOpen}
      onToggle={() => onToggle(block.key)}
    >
      <pre className="verbatim">{text}</pre>
    </Fold>
  );
}

const triggers = { manual: 'on request', auto: 'by itself', unknown: '' } as const;

export function Compaction({ block, isOpen, onToggle }: FoldProps<'compaction'>) {
  const { text, trigger, tokensBefore, tokensAfter } = block.item.item;
  const figure = (tokens: number) => <span title={`${exactNumber(tokens)} tokens`}>{shortNumber(tokens)}</span>;
  return (
    <div className="note-box">
      <p className="note">
        <FoldVertical className="icon-xs" aria-hidden="true" />
        <span>
          <b>The context was compacted</b> {triggers[trigger]}
          {tokensBefore === undefined ? null : <>, from {figure(tokensBefore)}</>}
          {tokensAfter === undefined ? null : <> to {figure(tokensAfter)} tokens</>}. The log keeps everything before
          it.
        </span>
      </p>
      {text === '' ? null : (
        <Fold label="Summary" preview={preview(text)} isOpen={isOpen} onToggle={() => onToggle(block.key)}>
          <Markdown text={text} />
        </Fold>
      )}
    </div>
  );
}

export function ErrorNote({ block }: { block: Extract<Block, { kind: 'error' }> }) {
  const { text, code, retried } = block.item.item;
  if (code === mcpErrorCode) {
    return (
      <p className="note">
        <Plug className="icon-xs" aria-hidden="true" />
        <span className="wrap">{text}</span>
      </p>
    );
  }
  if (retried) {
    return (
      <p className="note" title={text}>
        <RefreshCw className="icon-xs" aria-hidden="true" />
        <span className="trunc-2">
          <b>{code ? `Error ${code}, tried again.` : 'Failed, tried again.'}</b> {text}
        </span>
      </p>
    );
  }
  return (
    <div className="halt">
      <CircleAlert className="icon-s" aria-hidden="true" />
      <span className="strong">{code ? `The request failed: ${code}` : 'The request failed'}</span>
      <span className="ink2 verbatim">{text}</span>
    </div>
  );
}
