import { SAMPLING_NAMES } from '../../../shared/sampling';
import { answerSettings, currentChat, presetOf, type PresetName } from '../../../store';
import { useApp, useText } from '../../useApp';
import { Choice } from '../../controls/Choice';
import { ContextLength, ContextPolicyChoice } from './ContextSettings';
import { FormatSettings } from './FormatSettings';
import { PictureDetail } from './PictureDetail';
import { OptionalNumber, SamplingField } from './NumberFields';
import { ThinkingSettings } from './ThinkingSettings';

/** Whether the settings below apply to this chat or to all chats. */
function OwnSettings() {
  const { t } = useText();
  const own = useApp((s) => currentChat(s).settings !== undefined);
  const setOwnSettings = useApp((s) => s.setOwnSettings);
  return (
    <Choice
      legend={t('settings.scope')}
      name="scope"
      value={own ? 'chat' : 'all'}
      options={[
        { value: 'all', label: t('settings.scopeAll') },
        { value: 'chat', label: t('settings.scopeChat') },
      ]}
      onChange={(scope) => setOwnSettings(scope === 'chat')}
    />
  );
}

function Presets() {
  const { t } = useText();
  const preset = useApp((s) => presetOf(answerSettings(s).sampling));
  const applyPreset = useApp((s) => s.applyPreset);
  const names: PresetName[] = ['precise', 'balanced', 'creative'];
  return (
    <Choice<PresetName | ''>
      legend={t('settings.preset')}
      name="preset"
      value={preset ?? ''}
      options={names.map((value) => ({ value, label: t(`settings.preset.${value}`) }))}
      onChange={(name) => name && applyPreset(name)}
    />
  );
}

/** Settings of generation: sampling, length, context. */
export function AnswerSettings() {
  const { t } = useText();
  const resetSampling = useApp((s) => s.resetSampling);
  return (
    <section aria-label={t('settings.sampling')}>
      <h3>{t('settings.sampling')}</h3>
      <OwnSettings />
      <Presets />
      {SAMPLING_NAMES.map((name) => (
        <SamplingField key={name} name={name} />
      ))}
      <OptionalNumber name="maxTokens" min={1} max={131072} placeholder="settings.maxTokensAuto" />
      <OptionalNumber name="seed" min={0} max={4294967295} placeholder="settings.seedRandom" />
      <ThinkingSettings />
      <ContextPolicyChoice />
      <ContextLength />
      <PictureDetail />
      <FormatSettings />
      <button type="button" className="button wide" onClick={resetSampling}>
        {t('settings.reset')}
      </button>
    </section>
  );
}
