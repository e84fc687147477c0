/** Gemini CLI's older logs: one JSON text per session, rewritten as a whole with every message. */
import type { AgentName } from '@taffrail/wire';
import type { DocumentReader } from '../contract.js';
import { jsonText, objectsAt, shown, stringAt, timeAt } from '../json.js';
import { shortHash } from '../text.js';
import { readSummary } from './history.js';
import { readMessage } from './message.js';
import { readMetadata } from './reader.js';
import { startState } from './state.js';

export const documentReader = (agent: AgentName): DocumentReader => ({
  read(source, document, siblings, out) {
    const state = startState(agent, source, siblings);
    readMetadata(state, document, out);
    for (const message of objectsAt(document, 'messages')) {
      const id = stringAt(message, 'id') ?? shortHash(jsonText(message));
      try {
        if (!readMessage(state, message, id, out))
          out.problem('unknown_record', `message type ${shown(message['type'])}`);
      } catch (error) {
        // A shape nobody foresaw must not cost the rest of the document.
        out.problem('wrong_shape', error instanceof Error ? error.message : String(error));
      }
    }
    const summary = stringAt(document, 'summary');
    if (summary) readSummary(state, summary, timeAt(document, 'lastUpdated'), out);
  },
});
