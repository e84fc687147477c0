/** The folds of a transcript that are open. */
import { useCallback, useEffect, useState } from 'react';
import { type Block, shows } from './blocks.js';
import { toolKind } from './tool-summary.js';

/** They live with the transcript because rows come and go while one scrolls. A hit is open by itself. */
export function useOpened(blocks: readonly Block[], seq: number | null) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const hit = seq === null ? undefined : blocks.find((block) => shows(block, seq));
  const hitKey = hit && hit.kind !== 'prompt' && hit.kind !== 'prose' ? hit.key : null;
  useEffect(() => {
    if (hitKey !== null) setKeys((now) => new Set(now).add(hitKey));
  }, [hitKey]);
  const growing = growingOutputs(blocks);
  useEffect(() => {
    if (growing !== '') setKeys((now) => new Set([...now, ...growing.split('\n')]));
  }, [growing]);
  const toggle = useCallback((key: string) => {
    setKeys((now) => {
      const next = new Set(now);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  return { has: (key: string) => keys.has(key), toggle };
}

/** The commands whose output comes in just now: they open by themselves and stay as they are left. */
function growingOutputs(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.kind === 'tool' && block.result?.item.streaming)
    .filter((block) => block.kind === 'tool' && toolKind(block.call?.item.name ?? '') === 'shell')
    .map((block) => block.key)
    .join('\n');
}
