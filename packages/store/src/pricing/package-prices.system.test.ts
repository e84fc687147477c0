/** Our choice of a model, and among its prices, is the price package's own, for all that it knows. */
import { calcPrice, type ModelInfo, waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import { priceChooser } from './active-price.js';
import { findModel } from './find-model.js';

describe('which of a model’s prices holds', async () => {
  const providers = (await waitForUpdate()) ?? [];
  const conditional = providers.flatMap((provider) =>
    provider.models.filter((model) => Array.isArray(model.prices)).map((model) => ({ provider, model })),
  );
  const hours = Array.from({ length: 24 * 12 }, (_, hour) => hour * 5 * 60_000);
  const days = [
    '2024-01-01',
    '2025-06-09',
    '2025-06-10',
    '2026-03-12',
    '2026-03-13',
    '2026-08-16',
    '2026-08-17',
    '2027-01-01',
  ];
  const times = days.flatMap((day) => hours.map((ms) => Date.parse(day) + ms));

  test('there are models whose price changes with the date and with the hour', () => {
    const kinds = conditional.flatMap(({ model }) => constraintsOf(model));
    expect(new Set(kinds)).toEqual(new Set([undefined, 'start_date', 'time_of_date']));
  });

  test.each(conditional.map(({ provider, model }) => ({ id: `${provider.id}/${model.id}`, provider, model })))(
    'is the package’s own answer: $id',
    ({ provider, model }) => {
      // A provider with this model alone, so that the package cannot find another of that name first.
      const alone = { ...provider, models: [{ ...model, match: { equals: 'this one' } }] };
      const theirs = times.map(
        (time) => calcPrice({}, 'this one', { provider: alone, timestamp: new Date(time) })?.model_price,
      );
      expect(times.map(priceChooser(model.prices))).toEqual(theirs);
    },
  );
});

describe('the model that a name stands for', () => {
  const theirs = (model: string, options: { providerId?: string }): string | null => {
    try {
      return calcPrice({ input_tokens: 1, output_tokens: 1 }, model, options)?.model.id ?? null;
    } catch {
      return null;
    }
  };

  test('is the package’s own answer for every name it has, with its day written either way, behind any provider', async () => {
    const all = (await waitForUpdate()) ?? [];
    const names = all.flatMap(({ id, models }) =>
      models.flatMap((model) =>
        [model.id, `${model.id}-20250929`, `${model.id}-2025-09-29`].map((name) => ({ id, name })),
      ),
    );
    const asked = names.flatMap(({ id, name }) => [
      { name, provider: id },
      { name, provider: 'openrouter' },
      { name, provider: '' },
    ]);
    const ours = asked.map(({ name, provider }) => findModel(name, provider)?.id ?? null);
    const expected = asked.map(
      ({ name, provider }) => (provider ? theirs(name, { providerId: provider }) : null) ?? theirs(name, {}),
    );
    expect(ours).toEqual(expected);
    expect(new Set(ours).size).toBeGreaterThan(500);
  });
});

function constraintsOf(model: ModelInfo): (string | undefined)[] {
  return Array.isArray(model.prices) ? model.prices.map((price) => price.constraint?.type) : [];
}
