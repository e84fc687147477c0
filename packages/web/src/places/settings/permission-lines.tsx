/** The lines of the permissions' form: a tool with its rule, and patterns below it. */
import type { Rule } from '@taffrail/wire';
import { Plus, X } from 'lucide-react';
import { Segmented } from '../../parts/segmented.js';
import { type PatternLine, restRule, type ToolLine } from './permission-edit.js';

const rules: readonly { value: Rule; label: string }[] = [
  { value: 'allow', label: 'Allow' },
  { value: 'ask', label: 'Ask' },
  { value: 'deny', label: 'Deny' },
];

type LineProps = { line: ToolLine; usual: Rule; isUsed: boolean; onChange: (line: ToolLine) => void };

export function ToolLineRows({ line, usual, isUsed, onChange }: LineProps) {
  const { tool, rule, patterns } = line;
  const change = (index: number, next: PatternLine) =>
    onChange({ ...line, patterns: patterns.map((one, at) => (at === index ? next : one)) });
  return (
    <li className="perm">
      <div className="perm-tool">
        <span className="mono strong">{tool}</span>
        {isUsed ? null : <span className="xs ink3">not among its tools</span>}
        <span className="grow" />
        <button
          type="button"
          className="btn btn-quiet btn-s perm-add"
          aria-label={`Add a pattern for ${tool}`}
          onClick={() => onChange({ ...line, patterns: [...patterns, { pattern: '', rule: 'allow' }] })}
        >
          <Plus className="icon-xs" aria-hidden="true" />
          <span className="perm-word">Pattern</span>
        </button>
        {rule === null ? (
          <span className="xs ink3 perm-said">as it comes</span>
        ) : (
          <button
            type="button"
            className="link xs perm-said"
            aria-label={`Reset ${tool}`}
            title="As it comes"
            onClick={() => onChange({ ...line, rule: null })}
          >
            Reset
          </button>
        )}
        <span className={rule === null ? 'perm-usual' : undefined}>
          <Segmented
            label={patterns.length > 0 ? `${tool}, all else` : tool}
            value={restRule(line, usual)}
            options={rules}
            onChange={(next) => onChange({ ...line, rule: next })}
          />
        </span>
      </div>
      {patterns.map((one, index) => (
        <PatternRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a pattern is its text, which is what is edited
          key={index}
          tool={tool}
          place={index + 1}
          line={one}
          onChange={(next) => change(index, next)}
          onRemove={() => onChange({ ...line, patterns: patterns.filter((_, at) => at !== index) })}
        />
      ))}
    </li>
  );
}

type PatternProps = {
  tool: string;
  /** From 1, for those who cannot see where it stands. */
  place: number;
  line: PatternLine;
  onChange: (line: PatternLine) => void;
  onRemove: () => void;
};

function PatternRow({ tool, place, line, onChange, onRemove }: PatternProps) {
  return (
    <div className="perm-pattern">
      <div className="field grow">
        <input
          className="mono"
          aria-label={`Pattern ${place} of ${tool}`}
          value={line.pattern}
          placeholder={tool === 'run_command' ? 'npm test *' : 'src/*'}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          maxLength={1000}
          onChange={(event) => onChange({ ...line, pattern: event.target.value })}
        />
      </div>
      <Segmented
        label={`Rule of pattern ${place} of ${tool}`}
        value={line.rule}
        options={rules}
        onChange={(rule) => onChange({ ...line, rule })}
      />
      <button
        type="button"
        className="btn btn-quiet btn-s btn-icon"
        aria-label={`Take pattern ${place} of ${tool} out`}
        onClick={onRemove}
      >
        <X className="icon-xs" aria-hidden="true" />
      </button>
    </div>
  );
}
