import { answerSettings, CONTEXT_POLICIES } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { useApp, useText } from '../../useApp';

const CONTEXT_LENGTHS = [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

/** The KV cache's capacity; no more than the model was made for. */
export function ContextLength() {
  const { t, language } = useText();
  const value = useApp((s) => s.preferences.contextTokens);
  const most = useApp((s) => s.model.info?.trainedContextTokens ?? Infinity);
  const setContextTokens = useApp((s) => s.desk.setContextTokens);
  return (
    <SelectField
      label={t('settings.context')}
      value={value ?? ''}
      hint={t('settings.contextHint')}
      onChange={(text) => void setContextTokens(text === '' ? null : Number(text))}
    >
      <option value="">{t('settings.contextAuto')}</option>
      {CONTEXT_LENGTHS.filter((length) => length <= most || length === value).map((length) => (
        <option key={length} value={length}>
          {length.toLocaleString(language)}
        </option>
      ))}
    </SelectField>
  );
}

/** What happens when a chat outgrows the context. */
export function ContextPolicyChoice() {
  const { t } = useText();
  const value = useApp((s) => answerSettings(s).contextPolicy);
  const setAnswering = useApp((s) => s.setAnswering);
  return (
    <SelectField
      label={t('settings.policy')}
      value={value}
      hint={t(`settings.policyHint.${value}`)}
      onChange={(text) => {
        const chosen = CONTEXT_POLICIES.find((policy) => policy === text);
        if (chosen) setAnswering({ contextPolicy: chosen });
      }}
    >
      {CONTEXT_POLICIES.map((policy) => (
        <option key={policy} value={policy}>
          {t(`settings.policy.${policy}`)}
        </option>
      ))}
    </SelectField>
  );
}
