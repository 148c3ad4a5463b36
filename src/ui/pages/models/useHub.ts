// The hub for downloads: the preference, else the one that is reachable where the page's language is spoken.
import {
  HUGGING_FACE,
  hubOf,
  hubsCarrying,
  MODELSCOPE,
  type Hub,
  type HubKind,
  type ModelVariant,
} from '../../../catalogue';
import { useApp, useLanguage } from '../../useApp';

/** The hub of the preferences; a mirror whose address is missing or wrong reads as Hugging Face. */
export function useHub(): Hub {
  const language = useLanguage();
  const chosen = useApp((s) => s.preferences.hub);
  const mirrorUrl = useApp((s) => s.preferences.mirrorUrl);
  if (!chosen) return language === 'zh-CN' ? MODELSCOPE : HUGGING_FACE;
  return hubFor(chosen, mirrorUrl) ?? HUGGING_FACE;
}

/** The hub that a variant comes from: the preferred one, or another that has it and was not found unreachable. */
export function useSourceOf(variant: ModelVariant): Hub | undefined {
  const preferred = useHub();
  const isChosen = useApp((s) => s.preferences.hub !== null);
  const reach = useApp((s) => s.downloads.reach);
  const hubs = hubsCarrying(variant, preferred);
  if (isChosen && hubs[0] === preferred) return preferred;
  return hubs.find(({ baseUrl }) => reach[baseUrl] !== false) ?? hubs.at(0);
}

/** undefined for a mirror without a valid address. */
export function hubFor(kind: HubKind, mirrorUrl: string): Hub | undefined {
  try {
    return hubOf(kind, mirrorUrl);
  } catch {
    return undefined;
  }
}
