/** Whatever happens to Qwen Code's logs: never a throw, and what is valid is not lost. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectStorable, garbage, interleaved, patienceMs, seed, settings, shuffled, spoiled } from '../hostile-log.js';
import { readLog } from '../inline-log.js';
import { qwen } from './index.js';

const folder = fileURLToPath(new URL('./fixtures/0.24-subagent/.qwen/', import.meta.url));
const session = '9e1eddca-5197-45df-a6a3-05de2a317997';
const paths = [
  `projects/-home-dev-code-work-demo-qwen/chats/${session}.jsonl`,
  `projects/-home-dev-code-work-demo-qwen/subagents/${session}/agent-general-purpose-call_57BhGQofM3YSs270BETaQGEW.jsonl`,
] as const;
const [main, agent] = paths.map((path) =>
  readFileSync(folder + path, 'utf8')
    .trimEnd()
    .split('\n'),
) as [string[], string[]];
const both = (mainLog: readonly (string | Buffer)[], agentLog: readonly (string | Buffer)[]) => {
  const found = [readLog(qwen, paths[0], mainLog), readLog(qwen, paths[1], agentLog)];
  return { drafts: found.flatMap(({ drafts }) => drafts), problems: found.flatMap(({ problems }) => problems) };
};
const whole = recount(both(main, agent).drafts);

test(`foreign lines between the valid ones cost nothing (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(interleaved(main, garbage), interleaved(agent, garbage), (mainLog, agentLog) => {
      expect(recount(both(mainLog, agentLog).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`lines repeated and reordered add up to the same (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(shuffled(main), shuffled(agent), (mainLog, agentLog) => {
      expect(recount(both(mainLog, agentLog).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`a log cut anywhere keeps what its whole lines tell (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(fc.nat(main.length - 1), fc.nat(200), (count, length) => {
      const kept = main.slice(0, count);
      const torn = (main[count] ?? '').slice(0, length);
      expect(recount(readLog(qwen, paths[0], [...kept, torn]).drafts)).toEqual(
        recount(readLog(qwen, paths[0], kept).drafts),
      );
    }),
    settings,
  );
});

test(`spoiled records never stop the reader, and yield what can be stored (seed ${seed})`, {
  timeout: patienceMs,
}, () => {
  fc.assert(
    fc.property(
      interleaved(main, fc.oneof(...main.map(spoiled))),
      interleaved(agent, fc.oneof(...agent.map(spoiled))),
      (mainLog, agentLog) => {
        const { drafts, problems } = both(mainLog, agentLog);
        expectStorable(drafts);
        expect(recount(drafts).requests).toBeGreaterThanOrEqual(whole.requests);
        expect(problems.every((problem) => /^\d+ \w+: /.test(problem))).toBe(true);
      },
    ),
    settings,
  );
});
