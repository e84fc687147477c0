/** Branded ids. A session imported from another agent keeps that agent's own id; ids minted here are UUIDv7. */
import { v7 } from 'uuid';
import { z } from 'zod';

export const sessionIdSchema = z.string().min(1).max(200).brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;

export const turnIdSchema = z.string().min(1).max(200).brand<'TurnId'>();
export type TurnId = z.infer<typeof turnIdSchema>;

export const newSessionId = (): SessionId => v7() as SessionId;
export const newTurnId = (): TurnId => v7() as TurnId;
