/** What a tool may do by itself, what is asked, what is never done: as it is configured. */
import { z } from 'zod';

export const ruleSchema = z.enum(['allow', 'ask', 'deny']);
export type Rule = z.infer<typeof ruleSchema>;

/** For each tool a rule, or a table of patterns with a rule each. */
export const permissionsSchema = z.record(z.string(), z.union([ruleSchema, z.record(z.string(), ruleSchema)]));
export type Permissions = z.infer<typeof permissionsSchema>;
