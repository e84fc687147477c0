/** Tests of keys or servers that are under way; several may be at once. What comes of them stands in the settings. */
import type { Result } from '@taffrail/client';
import { useState } from 'react';
import { queryClient } from '../../app/api.js';
import { showToast } from '../../app/toasts.js';
import { sentence } from '../../parts/states.js';
import { settingsQuery } from './settings-query.js';

export interface Tests {
  /** The names of those that are tested now. */
  testing: ReadonlySet<string>;
  test: (id: string) => void;
  all: (ids: readonly string[]) => void;
}

export function useTests(ask: (id: string) => Promise<Result<unknown>>): Tests {
  const [testing, setTesting] = useState<ReadonlySet<string>>(new Set());
  const test = async (id: string) => {
    setTesting((before) => new Set([...before, id]));
    const result = await ask(id);
    if (!result.ok) showToast({ text: sentence(`${id} could not be tested: ${result.problem.title}`), isError: true });
    await queryClient.invalidateQueries({ queryKey: settingsQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['choices'] });
    setTesting((before) => new Set([...before].filter((other) => other !== id)));
  };
  return {
    testing,
    test: (id) => void test(id),
    all: (ids) => void Promise.all(ids.map(test)),
  };
}
