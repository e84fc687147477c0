/** Whether, and where, live sessions are told to a collector. */
import type { PriceTable, Store } from '@taffrail/store';
import type { Config } from '../config.js';
import { collectorFrom } from './collector.js';
import { LiveExport } from './live-export.js';

/** `null` where neither the configuration nor OpenTelemetry's variables name a collector. */
export function telemetryOf(
  { telemetry }: Pick<Config, 'telemetry'>,
  env: NodeJS.ProcessEnv,
  parts: { store: Pick<Store, 'queries'>; prices: PriceTable; report: (message: string) => void },
): LiveExport | null {
  const collector = collectorFrom(telemetry.endpoint, env);
  return collector && new LiveExport({ ...parts, collector, content: telemetry.content, now: Date.now });
}
