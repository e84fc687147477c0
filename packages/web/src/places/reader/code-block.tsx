/** A piece of code in an answer, with its language and a way to copy it. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { ColouredLine } from './coloured-line.js';
import { useTokens } from './highlight.js';
import { languageOf } from './languages.js';

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const tokens = useTokens(code, languageOf(language));
  return (
    <figure className="code-block">
      <figcaption>
        <span className="trunc">{language}</span>
        <CopyButton text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: code that is wider than its box is scrolled with the arrow keys */}
      <pre tabIndex={0}>
        {code.split('\n').map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          <span key={index}>
            <ColouredLine text={line} tokens={tokens?.[index]} />
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}

const saidMs = 1500;

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Refused by the browser (no permission, no secure page): the button keeps saying "Copy".
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), saidMs);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button type="button" className="copy" onClick={() => void copy()}>
      <Icon className="icon-xs" aria-hidden="true" />
      {copied ? 'Copied' : label}
    </button>
  );
}
