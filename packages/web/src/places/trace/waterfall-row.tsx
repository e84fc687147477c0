/** One line of the waterfall: what it is, when it was, what it took. */
import { Bot, ChevronDown, ChevronRight } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import { Tokens } from '../../parts/figure.js';
import { placeOf, type TimeAxis, type View } from './time-axis.js';
import {
  barWords,
  exactWords,
  openEnd,
  type TokenSum,
  type TraceLine,
  type TurnFacts,
  toneOf,
  wordsOf,
} from './trace-rows.js';
import { type WordPlace, wordPlace } from './word-place.js';

export interface RowProps {
  line: TraceLine;
  isAttempt: boolean;
  turn: TurnFacts | null;
  tokens: TokenSum | null;
  axis: TimeAxis;
  view: View;
  /** The moment up to which what runs is drawn; of no interest to what does not. */
  nowMs: number;
  /** What a character of a bar's words takes of the time column, in percent. */
  characterShare: number;
  isSelected: boolean;
  id: string;
  top: number;
  onSelect: (key: string) => void;
  onFold: (key: string) => void;
}

export const WaterfallRow = memo(function WaterfallRow(props: RowProps) {
  const { line, isSelected, id, top, turn, isAttempt, tokens, nowMs, onSelect, onFold } = props;
  const { node, depth, isOpen } = line;
  const words = wordsOf(node, isAttempt, turn);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const isAgent = node.span.kind === 'turn' || node.span.kind === 'agent';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={isOpen ?? undefined}
      aria-label={`${words.name} ${words.about}, ${barWords(node, nowMs)}`}
      className={isSelected ? 'wf-row sel' : 'wf-row'}
      style={{ transform: `translateY(${top}px)` }}
      title={exactWords(node, words, nowMs)}
      onClick={() => onSelect(node.key)}
    >
      <span className="lab" style={{ paddingLeft: Math.min(depth, 12) * 14 }}>
        {isOpen === null ? (
          <span className="chev-gap" />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            className="chev"
            aria-label={isOpen ? 'Fold' : 'Unfold'}
            onClick={(event) => {
              event.stopPropagation();
              onFold(node.key);
            }}
          >
            <Chevron className="icon-xs" aria-hidden="true" />
          </button>
        )}
        {isAgent ? <Bot className="icon-xs ink3" aria-hidden="true" /> : null}
        <span className={isAgent ? 'strong nowrap' : 'nowrap'}>{words.name}</span>
        <span className="k2 trunc">{words.about}</span>
      </span>
      <Bar {...props} />
      <span className="tok">
        {tokens === null ? null : (
          <>
            <Figure value={tokens.input} note={tokens.note} />
            <Figure value={tokens.output} note={tokens.note} />
          </>
        )}
      </span>
    </div>
  );
});

function Figure({ value, note }: { value: number | null; note: string | null }) {
  return (
    <span>
      <Tokens
        value={value}
        why={note ?? 'Nobody reported it'}
        note={value === null ? undefined : (note ?? undefined)}
      />
    </span>
  );
}

function Bar({ line: { node }, axis, view, nowMs, characterShare }: RowProps) {
  const { span, isAttempts, startMs, endMs } = node;
  const share = (ms: number) => ((placeOf(axis, ms) - view.from) / (view.to - view.from)) * 100;
  const from = share(startMs);
  const to = share(Math.max(startMs, endMs ?? openEnd(span, startMs, nowMs)));
  const tone = toneOf(node);
  const isHatched = tone === 'wait' || tone === 'failed';
  const isRunning = span.status === 'running';
  const isFilled = !isHatched && !isAttempts && tone !== 'agent';
  const classes = [
    'bar',
    tone === 'agent' && 'agent',
    isHatched && 'hatch',
    isRunning && 'open',
    isAttempts && 'outline',
    endMs === null && !isRunning && 'point',
  ];
  const style = {
    '--c': `var(--color-span-${tone})`,
    left: `${clamped(from)}%`,
    width: `${Math.max(0, clamped(to) - clamped(from))}%`,
  } as CSSProperties;
  const first = !isAttempts && span.firstContentMs !== null && to > from ? share(startMs + span.firstContentMs) : null;
  const isBad = span.status === 'error' || span.status === 'interrupted';
  const wordClass = ['bar-t', isBad && !isAttempts && 'bad', tone === 'wait' && 'is-wait'].filter(Boolean).join(' ');
  const isOnView = to >= 0 && from <= 100;
  const words = barWords(node, nowMs);
  return (
    <span className="time">
      {isOnView ? (
        <i className={classes.filter(Boolean).join(' ')} style={style}>
          {first === null ? null : <i className="ttft" style={{ width: `${firstShare(first, from, to)}%` }} />}
        </i>
      ) : null}
      {isOnView && span.kind !== 'turn' ? (
        <span
          className={wordClass}
          style={wordStyle(wordPlace(clamped(from), clamped(to), words, characterShare), isFilled)}
        >
          {words}
        </span>
      ) : null}
    </span>
  );
}

// A little outside, so that what goes on beyond the edge is seen to.
const clamped = (share: number): number => Math.min(101, Math.max(-1, share));

function firstShare(first: number, from: number, to: number): number {
  const left = clamped(from);
  const width = clamped(to) - left;
  return width <= 0 ? 0 : Math.min(100, Math.max(0, ((first - left) / width) * 100));
}

/** On a bar that is not filled, and on one that is but thinly, words need a ground of their own. */
function wordStyle(place: WordPlace, isFilled: boolean): CSSProperties {
  if ('left' in place) return { left: `calc(${place.left}% + 5px)` };
  const right = `calc(${place.right}% + 5px)`;
  if (!place.over) return { right };
  return isFilled
    ? { right, color: 'var(--color-surface)' }
    : { right, background: 'var(--color-panel)', paddingInline: 3, borderRadius: 2 };
}
