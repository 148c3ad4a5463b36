import { answerSettings, CONTEXT_POLICIES } from '../../../store';
import { useApp, useText } from '../../useApp';

const CONTEXT_LENGTHS = [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

/** The KV cache's capacity; no more than the model was made for. */
export function ContextLength() {
  const { t, language } = useText();
  const value = useApp((s) => s.preferences.contextTokens);
  const most = useApp((s) => s.model.info?.trainedContextTokens ?? Infinity);
  const setContextTokens = useApp((s) => s.desk.setContextTokens);
  return (
    <div className="field">
      <label htmlFor="setting-context">{t('settings.context')}</label>
      <select
        id="setting-context"
        value={value ?? ''}
        aria-describedby="setting-context-hint"
        onChange={({ target }) => void setContextTokens(target.value === '' ? null : Number(target.value))}
      >
        <option value="">{t('settings.contextAuto')}</option>
        {CONTEXT_LENGTHS.filter((length) => length <= most || length === value).map((length) => (
          <option key={length} value={length}>
            {length.toLocaleString(language)}
          </option>
        ))}
      </select>
      <p className="quiet" id="setting-context-hint">
        {t('settings.contextHint')}
      </p>
    </div>
  );
}

/** What happens when a chat outgrows the context. */
export function ContextPolicyChoice() {
  const { t } = useText();
  const value = useApp((s) => answerSettings(s).contextPolicy);
  const setAnswering = useApp((s) => s.setAnswering);
  return (
    <div className="field">
      <label htmlFor="setting-policy">{t('settings.policy')}</label>
      <select
        id="setting-policy"
        value={value}
        aria-describedby="setting-policy-hint"
        onChange={({ target }) => {
          const chosen = CONTEXT_POLICIES.find((policy) => policy === target.value);
          if (chosen) setAnswering({ contextPolicy: chosen });
        }}
      >
        {CONTEXT_POLICIES.map((policy) => (
          <option key={policy} value={policy}>
            {t(`settings.policy.${policy}`)}
          </option>
        ))}
      </select>
      <p className="quiet" id="setting-policy-hint">
        {t(`settings.policyHint.${value}`)}
      </p>
    </div>
  );
}
