// Predictions from the catalogue's figures and this computer's measurements.
import { useMemo } from 'react';
import {
  findByOrigin,
  leadingVariant,
  MODELS,
  predict,
  suggest,
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

/** The chosen context length; undefined leaves it to the engine. */
const useWantedTokens = (): number | undefined => useApp((s) => s.preferences.contextTokens) ?? undefined;

/** Measurements of this computer with its current storage; null before the check. */
export function useProbe(): DeviceProbe | null {
  const probe = useApp((s) => s.catalogue.probe);
  const estimate = useApp((s) => s.storage.estimate);
  return useMemo(() => probe && { ...probe, storage: { ...probe.storage, ...estimate } }, [probe, estimate]);
}

/** null before the check of this computer. */
export function usePrediction(model: CatalogueModel, variant: ModelVariant): Prediction | null {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(
    () => (probe ? predict(probe, model, variant, wanted) : null),
    [probe, model, variant, wanted],
  );
}

/** For a model of the catalogue; null for other models, and before the check of this computer. */
export function useOriginPrediction(origin: string): Prediction | null {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(() => {
    const found = findByOrigin(origin);
    return probe && found ? predict(probe, found.model, found.variant, wanted) : null;
  }, [probe, origin, wanted]);
}

/** The recommended model; undefined before the check of this computer, null if none runs. */
export function useSuggestion(): Suggestion | null | undefined {
  const probe = useProbe();
  const wanted = useWantedTokens();
  return useMemo(() => (probe ? suggest(probe, MODELS, wanted) : undefined), [probe, wanted]);
}

/** The format chosen on the card; else the one that the catalogue offers first. */
export function useChosenVariant(model: CatalogueModel): ModelVariant {
  const hub = useHub();
  const chosen = useApp((s) => s.catalogue.chosenVariants[model.id]);
  const reach = useApp((s) => s.downloads.reach);
  return model.variants.find(({ id }) => id === chosen) ?? leadingVariant(model, hub, reach);
}

/** Picks the language of the catalogue's own texts. */
export function useCatalogueText(): (text: Text) => string {
  const language = useLanguage();
  return (text) => inLanguage(text, language);
}
