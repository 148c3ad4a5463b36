// The models people can pick. To add one: a row of MODELS and, if it needs one, a licence.
import type { CatalogueModel, ModelVariant } from './types';

export const MODELS: readonly CatalogueModel[] = [];

/** A model by its id; undefined when the catalogue has none. */
export function findModel(id: string): CatalogueModel | undefined {
  return MODELS.find((model) => model.id === id);
}

/** The variant to offer first. */
export function recommendedVariant(model: CatalogueModel): ModelVariant {
  return model.variants.find((variant) => variant.recommended) ?? model.variants[0];
}

/** The same string wherever the files come from: what the cache knows a catalogue model by. */
export function originOfVariant(model: CatalogueModel, variant: ModelVariant): string {
  return `catalogue:${model.id}/${variant.id}`;
}

/** The inverse of {@link originOfVariant}; undefined for other origins. */
export function findByOrigin(origin: string): { model: CatalogueModel; variant: ModelVariant } | undefined {
  for (const model of MODELS) {
    for (const variant of model.variants) {
      if (originOfVariant(model, variant) === origin) return { model, variant };
    }
  }
  return undefined;
}
