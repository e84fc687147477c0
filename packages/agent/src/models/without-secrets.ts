/** A model whose answers, and whose provider's complaints, hold no secret of ours. */
import type { RedactedStream, Redactor } from '../tools/redact.js';
import { type CallModel, ModelError, type ModelEvent } from './contract.js';

/** The same model: text comes as it would, but for what may be the beginning of a secret, which waits for more. */
export function withoutSecrets(callModel: CallModel, redactor: Redactor): CallModel {
  return async function* (request, signal) {
    const streams = new Map<string, RedactedStream>();
    try {
      for await (const event of callModel(request, signal)) yield* redacted(event, streams, redactor);
      for (const [part, stream] of streams) yield { type: 'text', part, text: stream.end() };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      throw new ModelError(redactor.text(error.message), error);
    }
  };
}

function* redacted(event: ModelEvent, streams: Map<string, RedactedStream>, redactor: Redactor): Generator<ModelEvent> {
  switch (event.type) {
    case 'opened':
      yield event.name === undefined ? event : { ...event, name: redactor.text(event.name) };
      return;
    case 'text': {
      const stream = streams.get(event.part) ?? redactor.stream();
      streams.set(event.part, stream);
      yield { ...event, text: stream.push(event.text) };
      return;
    }
    case 'closed': {
      const rest = streams.get(event.part)?.end() ?? '';
      streams.delete(event.part);
      if (rest !== '') yield { type: 'text', part: event.part, text: rest };
      const whole = event.text === undefined ? {} : { text: redactor.text(event.text) };
      const state = event.providerState === undefined ? {} : { providerState: redactor.text(event.providerState) };
      yield { ...event, ...whole, ...state };
      return;
    }
    default:
      yield event;
  }
}
