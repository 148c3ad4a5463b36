// What a picture costs before it is sent: tokens, and the seconds that this device takes for them.
import { pictureSeconds, seeingModelOf } from '../../../../catalogue';
import { formatCount, formatDuration } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { useProbe } from '../../models/usePrediction';
import { predict } from '../../../../catalogue';

/** Milliseconds per token of a picture: measured with this model, else predicted from the check of this computer. */
function useMsPerToken(tokens: number): number | undefined {
  const info = useApp((s) => s.model.info);
  const measured = useApp((s) => info && s.catalogue.pictureMs[info.origin]);
  const probe = useProbe();
  if (measured) return measured;
  const known = info && seeingModelOf(info);
  if (!known || !probe || !info) return undefined;
  const prediction = predict(probe, known.model, known.variant, info.contextTokens);
  return (pictureSeconds(known.model, prediction, tokens) * 1000) / tokens;
}

/** '999 tokens, about 5 s'; '' while the tokens are unknown. */
export function usePictureCost(tokens: number | undefined): string {
  const { t, language } = useText();
  const ms = useMsPerToken(tokens ?? 1);
  if (tokens === undefined) return '';
  const count = formatCount(tokens, language);
  if (ms === undefined) return t('pictures.cost', { tokens: count });
  return t('pictures.costTime', { tokens: count, time: formatDuration((tokens * ms) / 1000, language) });
}
