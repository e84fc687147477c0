/** Holds the schemas to the version that names them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channelOf } from './channel.js';
import { downFrameSchema } from './down.js';
import { protocolVersion } from './rest/meta.js';
import { rowSchema } from './row.js';
import { upFrameSchema } from './up.js';

/** The hash of rows and frames as of each version. A new hash asks for a new version, never for a new hash. */
const hashes: Record<number, string> = {
  1: 'c8c9b1237bc04ca1',
  2: '7d591ec2471b71b1',
  3: '280f46cc3be59769',
};

describe('the protocol', () => {
  it('C1: rows and frames change only with the protocol version', () => {
    const schemas = [rowSchema, downFrameSchema, upFrameSchema].map((schema) =>
      z.toJSONSchema(schema, { unrepresentable: 'any' }),
    );
    const hash = createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16);
    expect(hashes[protocolVersion]).toBe(hash);
  });

  it('C2: every kind of row has one channel, and an item’s follows from its type', () => {
    expect(channelOf('item.recorded', 'tool_call')).toBe('tool_call');
    expect(channelOf('item.recorded', 'error')).toBe('error');
    expect(channelOf('usage.claimed')).toBe('usage');
    expect(channelOf('turn.completed')).toBe('status');
  });

  it('C1: a malformed frame and an unknown one are told apart from a good one without a throw', () => {
    expect(downFrameSchema.safeParse({ type: 'heartbeat', heads: {} }).success).toBe(true);
    expect(downFrameSchema.safeParse({ type: 'heartbeat' }).success).toBe(false);
    expect(downFrameSchema.safeParse({ type: 'from.the.future' }).success).toBe(false);
  });

  it('F2: a usage row tells a reported 0 from a figure that nobody reported', () => {
    const figures = {
      inputTokens: 5,
      outputTokens: 0,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
      reasoningTokens: null,
    };
    const row = {
      seq: 1,
      at: '2026-11-20T09:00:00.000Z',
      channel: 'usage',
      kind: 'usage.recorded',
      data: { attemptId: 'a', model: null, provider: null, final: true, ...figures },
    };
    expect(rowSchema.parse(row)).toEqual(row);
    expect(rowSchema.safeParse({ ...row, data: { ...row.data, outputTokens: undefined } }).success).toBe(false);
  });
});
