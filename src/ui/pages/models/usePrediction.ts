// What the catalogue's numbers and this computer's measurements say together.
import { useMemo } from 'react';
import {
  findByOrigin,
  MODELS,
  predict,
  recommendedVariant,
  suggest,
  variantOn,
  type CatalogueModel,
  type ModelVariant,
  type Prediction,
  type Suggestion,
  type Text,
} from '../../../catalogue';
import type { DeviceProbe } from '../../../store';
import type { Language } from '../../i18n/format';
import { useApp, useLanguage } from '../../useApp';
import { useHub } from './useHub';

const inLanguage = (text: Text, language: Language): string => (language === 'zh-CN' ? text.zh : text.en);

/** What the reader chose; undefined: as the engine sees fit. */
const useWantedTokens = (): number | undefined => useApp((s) => s.preferences.contextTokens) ?? undefined;

/** What was measured of this computer, with the storage of now: null until it was. */
export function useProbe(): DeviceProbe | null {
  const probe = useApp((s) => s.catalogue.probe);
  const estimate = useApp((s) => s.storage.estimate);
  return useMemo(() => probe && { ...probe, storage: { ...probe.storage, ...estimate } }, [probe, estimate]);
}

/** null until this computer was measured. */
export function usePrediction(model: CatalogueModel, variant: ModelVariant): Prediction | null {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(
    () => (probe ? predict(probe, model, variant, wanted) : null),
    [probe, model, variant, wanted],
  );
}

/** For a loaded model of the catalogue; null for others, and until this computer was measured. */
export function useOriginPrediction(origin: string): Prediction | null {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(() => {
    const found = findByOrigin(origin);
    return probe && found ? predict(probe, found.model, found.variant, wanted) : null;
  }, [probe, origin, wanted]);
}

/** The model to offer first; undefined until this computer was measured, null when none runs here. */
export function useSuggestion(): Suggestion | null | undefined {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(() => (probe ? suggest(probe, MODELS, wanted) : undefined), [probe, wanted]);
}

/** What somebody chose on the card; else the best form that the reader's hub carries. */
export function useChosenVariant(model: CatalogueModel): ModelVariant {
  const hub = useHub();
  const chosen = useApp((s) => s.catalogue.chosenVariants[model.id]);
  return model.variants.find(({ id }) => id === chosen) ?? variantOn(model, hub) ?? recommendedVariant(model);
}

/** A model under the catalogue's name, if it is from there; a file's own name can be anything. */
export function modelName({ name, origin }: { name: string; origin: string }): string {
  const found = findByOrigin(origin);
  return found ? `${found.model.name} · ${found.variant.label}` : name;
}

/** Where a model came from, in a few words; `catalogue` is the word for the catalogue. */
export function originText(origin: string, catalogue: string): string {
  if (findByOrigin(origin)) return catalogue;
  return URL.canParse(origin) && /^https?:/.test(origin)
    ? new URL(origin).host
    : origin.replace(/^file:/, '');
}

/** Texts for a language's reader, where the catalogue brings its own. */
export function useCatalogueText(): (text: Text) => string {
  const language = useLanguage();
  return (text) => inLanguage(text, language);
}
