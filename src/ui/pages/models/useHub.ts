// Which hub models come from: what the reader chose, else the one that works best where their language is spoken.
import { HUGGING_FACE, MODELSCOPE, type Hub, type HubKind } from '../../../catalogue';
import { hubOf } from '../../../store';
import { useApp, useLanguage } from '../../useApp';

/** The hub of the preferences; a mirror whose address is missing or wrong reads as Hugging Face. */
export function useHub(): Hub {
  const language = useLanguage();
  const chosen = useApp((s) => s.preferences.hub);
  const mirrorUrl = useApp((s) => s.preferences.mirrorUrl);
  if (!chosen) return language === 'zh-CN' ? MODELSCOPE : HUGGING_FACE;
  return hubFor(chosen, mirrorUrl) ?? HUGGING_FACE;
}

/** undefined for a mirror whose address is none. */
export function hubFor(kind: HubKind, mirrorUrl: string): Hub | undefined {
  try {
    return hubOf(kind, mirrorUrl);
  } catch {
    return undefined;
  }
}
