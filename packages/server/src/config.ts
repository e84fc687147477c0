/** `config.toml`: what its owner may set. Unknown keys are left alone, wrong ones are named with their place. */
import { parse } from 'smol-toml';
import { z } from 'zod';
import { UsageError } from './usage-error.js';

const userPriceSchema = z.object({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cache_read: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
  cache_write_1h: z.number().nonnegative().optional(),
});

const configSchema = z.object({
  /** Dollars per million tokens, by model name; asked before the price package. */
  prices: z.record(z.string(), userPriceSchema).default({}),
  /** Further host names that the server answers to, when it is reached by another name than localhost. */
  allowed_hosts: z.array(z.string()).default([]),
});

export interface Config {
  prices: Record<
    string,
    { input: number; output: number; cacheRead?: number; cacheWrite?: number; cacheWrite1h?: number }
  >;
  allowedHosts: string[];
}

/** @throws UsageError naming the file and what is wrong in it. */
export function parseConfig(text: string, path: string): Config {
  const { prices, allowed_hosts } = checked(text, path);
  const userPrices = Object.entries(prices).map(([model, price]) => {
    const { input, output, cache_read, cache_write, cache_write_1h } = price;
    const optional = {
      ...(cache_read === undefined ? {} : { cacheRead: cache_read }),
      ...(cache_write === undefined ? {} : { cacheWrite: cache_write }),
      ...(cache_write_1h === undefined ? {} : { cacheWrite1h: cache_write_1h }),
    };
    return [model, { input, output, ...optional }] as const;
  });
  return { prices: Object.fromEntries(userPrices), allowedHosts: allowed_hosts };
}

function checked(text: string, path: string) {
  try {
    const result = configSchema.safeParse(parse(text));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new UsageError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${path} is not TOML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
  }
}
