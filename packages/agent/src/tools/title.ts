/** `title`: a short name for the session, found by the model as it answers, so that no request is made for it alone. */
import { z } from 'zod';
import type { Tool } from './contract.js';
import { answering, Refusal } from './refusal.js';

const charactersMax = 80;

const input = z.object({
  title: z.string().min(1).max(400).describe('Three to seven words in the language of the user, without a full stop.'),
});
type Input = z.infer<typeof input>;

export const title: Tool<Input> = answering({
  name: 'title',
  description:
    'Names the session in the list that the user sees. Call it once, together with your first answer, and again only when the subject has changed wholly. It tells you nothing: never wait for it.',
  input,
  writes: false,
  together: true,
  isQuiet: true,
  subject: () => '',
  run: async ({ title: words }) => {
    const line = words.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
    if (line === '') throw new Refusal('The title is empty.');
    const named = line.length > charactersMax ? `${line.slice(0, charactersMax - 1).trimEnd()}…` : line;
    return { status: 'ok', text: 'The session is named.', title: named };
  },
});
