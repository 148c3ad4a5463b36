import { answerSettings, type ThinkingEffort } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { useApp } from '../../useApp';
import { EFFORTS, useEffortTexts } from '../chat/thinking/efforts';

/** How much models that reason think before they answer. */
export function ThinkingSettings() {
  const { t, name, hint } = useEffortTexts();
  const effort = useApp((s) => answerSettings(s).thinking ?? '');
  const setAnswering = useApp((s) => s.setAnswering);
  return (
    <SelectField
      label={t('title')}
      value={effort}
      hint={hint(effort)}
      onChange={(value) => setAnswering({ thinking: (value || undefined) as ThinkingEffort | undefined })}
    >
      {EFFORTS.map((one) => (
        <option key={one} value={one}>
          {name(one)}
        </option>
      ))}
    </SelectField>
  );
}
