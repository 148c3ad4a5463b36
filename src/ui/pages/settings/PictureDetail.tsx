import { DEFAULT_PICTURE_TOKENS } from '../../../shared/passLimits';
import { answerSettings } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { useApp, useText } from '../../useApp';

const DETAILS = [256, 1024, 2691] as const;

/** How many tokens a picture may take: what is seen in it, and how long it takes. */
export function PictureDetail() {
  const { t } = useText();
  const value = useApp((s) => answerSettings(s).pictureTokens ?? DEFAULT_PICTURE_TOKENS);
  const setAnswering = useApp((s) => s.setAnswering);
  return (
    <SelectField
      label={t('settings.pictures')}
      value={value}
      hint={t('settings.picturesHint')}
      onChange={(text) => setAnswering({ pictureTokens: Number(text) })}
    >
      {DETAILS.map((tokens) => (
        <option key={tokens} value={tokens}>
          {t(`settings.pictures.${tokens}`)}
        </option>
      ))}
    </SelectField>
  );
}
