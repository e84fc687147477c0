/**
 * The price package's entry for a model. The package finds it too, on its way to a price, but sets up all its units for
 * that: as much work as the rest of a report. A test holds the two to one answer.
 */
import { findProvider, type MatchLogic, type ModelInfo, type Provider } from '@pydantic/genai-prices';

/** The provider that served it, where the table has one of that name; else whoever offers a model of that name. */
export function findModel(model: string, provider: string): ModelInfo | null {
  const name = model.toLowerCase().trim();
  const ofProvider = provider ? offered(findProvider({ providerId: provider }), name) : null;
  return ofProvider ?? offered(findProvider({ modelId: name }), name);
}

function offered(provider: Provider | undefined, model: string): ModelInfo | null {
  if (!provider) return null;
  return modelOf(provider, model, true) ?? modelOf(provider, withDashes(model), true);
}

function modelOf(provider: Provider, model: string, others: boolean): ModelInfo | null {
  const own = provider.models.find(({ match }) => matches(match, model));
  if (own || !others) return own ?? null;
  for (const id of provider.fallback_model_providers ?? []) {
    const other = findProvider({ providerId: id });
    const found = other && modelOf(other, model, false);
    if (found) return found;
  }
  return null;
}

/** Some name a model's day `20250929`, the table `2025-09-29`. */
function withDashes(model: string): string {
  return model.replace(/-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');
}

/** `model` is in lower case. */
function matches(logic: MatchLogic, model: string): boolean {
  if ('or' in logic) return logic.or.some((part) => matches(part, model));
  if ('and' in logic) return logic.and.every((part) => matches(part, model));
  if ('equals' in logic) return model === logic.equals.toLowerCase();
  if ('starts_with' in logic) return model.startsWith(logic.starts_with.toLowerCase());
  if ('ends_with' in logic) return model.endsWith(logic.ends_with.toLowerCase());
  if ('contains' in logic) return model.includes(logic.contains.toLowerCase());
  return new RegExp(logic.regex).test(model);
}
