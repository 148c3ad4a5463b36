import {
  originOfVariant,
  type CatalogueModel,
  type ModelVariant,
  type Prediction,
} from '../../../../catalogue';
import { formatBytes, formatContext, formatRate } from '../../../i18n/format';
import { useApp, useText, type Texts } from '../../../useApp';
import { usePrediction, useSuggestion } from '../usePrediction';
import { AlertIcon, CheckIcon } from '../../../controls/icons';
import styles from './Verdict.module.css';

/** good: it runs; fair: it may, or slowly; bad: it does not. */
export type Tone = 'good' | 'fair' | 'bad';

const reasonOf = <C extends string>(prediction: Prediction, code: C) =>
  prediction.reasons.find((reason): reason is Extract<Prediction['reasons'][number], { code: C }> => {
    return reason.code === code;
  });

/** Why it cannot run here, or null. */
function obstacle({ t }: Texts, prediction: Prediction): string | null {
  const gpu = reasonOf(prediction, 'gpu-memory');
  if (gpu) {
    const [needed, available] = [formatBytes(gpu.neededBytes), formatBytes(gpu.availableBytes)];
    return t('verdict.gpu', { needed, available });
  }
  const disk = reasonOf(prediction, 'disk');
  if (!disk) return null;
  return t('verdict.disk', {
    needed: formatBytes(disk.neededBytes),
    available: formatBytes(disk.availableBytes),
  });
}

function describe(texts: Texts, prediction: Prediction): { tone: Tone; text: string } {
  const { t } = texts;
  const blocked = obstacle(texts, prediction);
  if (blocked) return { tone: 'bad', text: blocked };
  const untested = reasonOf(prediction, 'memory-untested');
  if (untested) {
    const [needed, tested] = [formatBytes(untested.neededBytes), formatBytes(untested.testedBytes)];
    const rate = formatRate(prediction.tokensPerSecond);
    return { tone: 'fair', text: t('verdict.untested', { rate, needed, tested }) };
  }
  const slow = reasonOf(prediction, 'slow') ?? reasonOf(prediction, 'software');
  const tokens = reasonOf(prediction, 'context')?.contextTokens ?? prediction.contextTokens;
  const numbers = { rate: formatRate(prediction.tokensPerSecond), context: formatContext(tokens) };
  return slow
    ? { tone: 'fair', text: t('verdict.slow', numbers) }
    : { tone: 'good', text: t('verdict.runs', numbers) };
}

interface VerdictProps {
  model: CatalogueModel;
  variant: ModelVariant;
}

/** Prediction for this computer: speed and context, or what is missing and which format fits instead. */
export function Verdict({ model, variant }: VerdictProps) {
  const texts = useText();
  const { t } = texts;
  const prediction = usePrediction(model, variant);
  const suggestion = useSuggestion();
  const measured = useApp((s) => s.catalogue.measured[originOfVariant(model, variant)]);
  if (!prediction) return null;
  const { tone, text } = describe(texts, prediction);
  const instead = suggestion && suggestion.model.id !== model.id ? suggestion.model.name : null;
  const advice =
    tone !== 'bad' || !reasonOf(prediction, 'gpu-memory')
      ? ''
      : instead
        ? t('verdict.try', { name: instead })
        : t('verdict.noHelp');
  const known = measured && t('verdict.measured', { rate: formatRate(measured.tokensPerSecond) });
  const [comma, space] = texts.language === 'zh-CN' ? ['，', ''] : [', ', ' '];
  return (
    <p className={`${styles.verdict} ${styles[tone]}`}>
      {tone === 'good' ? <CheckIcon /> : <AlertIcon />}
      <span>{[[text, known].filter(Boolean).join(comma), advice].filter(Boolean).join(space)}</span>
    </p>
  );
}
