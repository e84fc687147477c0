/**
 * What models write: Markdown, sanitised. Nothing in it runs or loads: HTML is shown as text, links open pages and mails
 * only, images are named and never fetched.
 */
import { Image } from 'lucide-react';
import {
  type ComponentProps,
  type CSSProperties,
  createElement,
  isValidElement,
  memo,
  type ReactElement,
  type ReactNode,
  useMemo,
  useState,
} from 'react';
import ReactMarkdown, { type Components, type ExtraProps } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remend from 'remend';
import { shortNumber } from '../../parts/format-number.js';
import { CodeBlock, CopyButton } from './code-block.js';
import { createBlockCutter } from './growing-blocks.js';
import { safeHref } from './safe-href.js';
import { leftOutOf, openedAt, pieceCharacters, textPieces } from './text-pieces.js';

const remarkPlugins = [remarkGfm];
/** HTML is shown as it was written; what stands between paragraphs is one. */
const htmlAsText = {
  handlers: {
    html: (_state: unknown, { value }: { value: string }, parent: { type: string } | undefined) => {
      const text = { type: 'text' as const, value };
      if (parent?.type !== 'root') return text;
      return { type: 'element' as const, tagName: 'p', properties: {}, children: [text] };
    },
  },
};
const rehypePlugins = [rehypeSanitize];
/** Which address may be opened is settled where links are drawn; what others were meant to be is told on hover. */
const asWritten = (url: string) => url;

function SafeLink({ href, children }: ComponentProps<'a'> & ExtraProps) {
  const safe = safeHref(href);
  if (safe === null) return <span title={href}>{children}</span>;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer" title={safe}>
      {children}
    </a>
  );
}

function NamedImage({ alt, src }: ComponentProps<'img'> & ExtraProps) {
  return (
    <span className="chip" title={typeof src === 'string' ? src : undefined}>
      <Image className="icon-xs" aria-hidden="true" />
      {alt || 'image'}
    </span>
  );
}

function Fence({ children }: ComponentProps<'pre'> & ExtraProps) {
  const code = [children].flat().find((child): child is ReactElement<{ className?: string; children?: ReactNode }> => {
    return isValidElement(child);
  });
  const language = /language-(\S+)/.exec(code?.props.className ?? '')?.[1] ?? '';
  return <CodeBlock code={textOf(code?.props.children).replace(/\n$/, '')} language={language} />;
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  return Array.isArray(node) ? node.map(textOf).join('') : '';
}

function WideTable({ children }: ComponentProps<'table'> & ExtraProps) {
  return (
    <div className="md-table">
      <table>{children}</table>
    </div>
  );
}

type PlainProps = { children?: ReactNode; start?: number; style?: CSSProperties } & ExtraProps;

/** A tag as it is, without the library's own look: ours comes from prose.css. Of styles only a cell's side is kept. */
function plain(tag: string) {
  return function Plain({ children, start, style }: PlainProps) {
    const side = style?.textAlign;
    return createElement(tag, { start, ...(side ? { style: { textAlign: side } } : {}) }, children);
  };
}

const plainTags = 'p h1 h2 h3 h4 h5 h6 ul ol li blockquote strong em del sup sub thead tbody tr th td section'.split(
  ' ',
);

const components: Components = {
  ...Object.fromEntries(plainTags.map((tag) => [tag, plain(tag)])),
  a: SafeLink,
  img: NamedImage,
  pre: Fence,
  code: ({ children }) => <code>{children}</code>,
  table: WideTable,
  hr: () => <hr />,
};

type MarkdownProps = {
  text: string;
  /** It is still being written: unfinished marks are closed for now, and a caret shows where it goes on. */
  isGrowing?: boolean;
};

/** A text of any length. Of a long one a piece is drawn at a time: as a whole it would hold up the page for minutes. */
export const Markdown = memo(function Markdown({ text, isGrowing = false }: MarkdownProps) {
  // What was drawn as it grew stays as it is: drawn anew it would flash when it is finished.
  const [grew, setGrew] = useState(isGrowing);
  if (isGrowing && !grew) setGrew(true);
  const leftOut = grew ? leftOutOf(text) : 0;
  if (!isGrowing && (grew ? leftOut > 0 : text.length > pieceCharacters)) return <LongText text={text} />;
  if (!grew) return <Prose blocks={[text]} />;
  return <Growing text={text} leftOut={leftOut} isGrowing={isGrowing} />;
});

/** A text that is being written, or was a moment ago; without its beginning where it has become long. */
function Growing({ text, leftOut, isGrowing }: { text: string; leftOut: number; isGrowing: boolean }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands before that place does not change any more
  const opening = useMemo(() => openedAt(text, leftOut), [leftOut]);
  const [cut] = useState(createBlockCutter);
  const blocks = cut(leftOut > 0 ? opening + text.slice(leftOut) : text);
  return (
    <>
      {leftOut > 0 ? (
        <p className="note">{shortNumber(leftOut)} characters before these are shown when it is finished.</p>
      ) : null}
      <Prose blocks={blocks} isGrowing={isGrowing} />
    </>
  );
}

/** A long text, of which more is shown when it is asked for. */
function LongText({ text }: { text: string }) {
  const [count, setCount] = useState(1);
  const pieces = useMemo(() => textPieces(text), [text]);
  const left = pieces.slice(count).reduce((sum, piece) => sum + piece.length, 0);
  return (
    <>
      {pieces.slice(0, count).map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces keep their places
        <Prose key={at} blocks={[piece]} />
      ))}
      {left > 0 ? (
        <div className="more-text">
          <button type="button" className="more" onClick={() => setCount(count + 1)}>
            Show more: {shortNumber(left)} of {shortNumber(text.length)} characters are left
          </button>
          <CopyButton text={text} />
        </div>
      ) : null}
    </>
  );
}

function Prose({ blocks, isGrowing = false }: { blocks: readonly string[]; isGrowing?: boolean }) {
  const last = blocks.length - 1;
  return (
    <div className={isGrowing ? 'prose growing' : 'prose'}>
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks keep their places
        <Block key={at} text={isGrowing && at === last ? remend(block, { linkMode: 'text-only' }) : block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={remarkPlugins}
      remarkRehypeOptions={htmlAsText}
      rehypePlugins={rehypePlugins}
      urlTransform={asWritten}
      components={components}
    >
      {text}
    </ReactMarkdown>
  );
});
