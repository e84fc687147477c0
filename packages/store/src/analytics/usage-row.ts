/** A usage bucket as reports and panels read it: its figures, and what its session adds. */
import type { UsageBucketsTable } from '../tables.js';
import type { PackedValues } from './packed.js';

/** What a bucket's session adds to it: whose it is. */
export interface SessionOfBucket {
  agent: string;
  project: string | null;
}

export type UsageBucketRow = UsageBucketsTable & SessionOfBucket;

export const usageColumns = [
  'bucket',
  'num',
  'model',
  'provider',
  'size_class',
  'complete',
  'requests',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_reported',
  'output_reported',
  'cache_read_reported',
  'cache_write_reported',
  'cache_write_1h_reported',
  'reasoning_reported',
] as const satisfies readonly (keyof UsageBucketsTable)[];
export type UsageValues = Readonly<PackedValues<UsageBucketsTable, typeof usageColumns>>;

/** Written out, because a loop over the columns takes five times as long, and reports read tens of thousands. */
export function usageBucketFrom(
  values: readonly [...UsageValues, ...unknown[]],
  { agent, project }: SessionOfBucket,
): UsageBucketRow {
  return {
    bucket: values[0],
    num: values[1],
    model: values[2],
    provider: values[3],
    size_class: values[4],
    complete: values[5],
    requests: values[6],
    input_tokens: values[7],
    output_tokens: values[8],
    cache_read_tokens: values[9],
    cache_write_tokens: values[10],
    cache_write_1h_tokens: values[11],
    reasoning_tokens: values[12],
    input_reported: values[13],
    output_reported: values[14],
    cache_read_reported: values[15],
    cache_write_reported: values[16],
    cache_write_1h_reported: values[17],
    reasoning_reported: values[18],
    agent,
    project,
  };
}
