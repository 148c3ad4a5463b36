import { useState } from 'react';
import {
  answerSettings,
  currentChat,
  effectiveSampling,
  presetOf,
  type FontSize,
  type LanguageChoice,
  type PresetName,
  type ThemeChoice,
} from '../../store';
import { useApp, useText, type TextKey } from '../useApp';
import { useShallow } from 'zustand/react/shallow';
import { Choice } from './Choice';
import { DataSettings } from './DataSettings';
import { Modal } from './Modal';

type Knob = 'temperature' | 'topP' | 'topK' | 'minP' | 'repetitionPenalty';
const KNOBS: { name: Knob; min: number; max: number; step: number }[] = [
  { name: 'temperature', min: 0, max: 2, step: 0.05 },
  { name: 'topP', min: 0.05, max: 1, step: 0.05 },
  { name: 'topK', min: 0, max: 200, step: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01 },
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.01 },
];

/** One sampling value: a slider to feel it, a number to be exact. */
function KnobField({ name, min, max, step }: (typeof KNOBS)[number]) {
  const { t } = useText();
  const value = useApp((s) => effectiveSampling(s)[name]);
  const setSampling = useApp((s) => s.setSampling);
  /** The number as it is being typed: empty or outside the range on the way to a good one. */
  const [draft, setDraft] = useState<string | null>(null);
  const change = (text: string) => {
    const next = Number(text);
    if (text !== '' && Number.isFinite(next)) setSampling({ [name]: Math.min(max, Math.max(min, next)) });
  };
  const label = t(`settings.${name}`);
  const id = `setting-${name}`;
  return (
    <div className="knob">
      <label htmlFor={id}>{label}</label>
      <input
        className="number"
        type="number"
        aria-label={label}
        {...{ min, max, step }}
        value={draft ?? value}
        onBlur={() => setDraft(null)}
        onChange={(event) => {
          setDraft(event.target.value);
          change(event.target.value);
        }}
      />
      <input
        id={id}
        type="range"
        aria-describedby={`${id}-hint`}
        {...{ min, max, step, value }}
        onChange={(event) => change(event.target.value)}
      />
      <p className="quiet" id={`${id}-hint`}>
        {t(`settings.${name}Hint`)}
      </p>
    </div>
  );
}

interface OptionalNumberProps {
  name: 'seed' | 'maxTokens';
  max: number;
  min: number;
  placeholder: TextKey;
}

/** A whole number, or nothing for the automatic choice. */
function OptionalNumber({ name, min, max, placeholder }: OptionalNumberProps) {
  const { t } = useText();
  const saved = useApp((s) => answerSettings(s)[name]);
  const setAnswering = useApp((s) => s.setAnswering);
  const id = `setting-${name}`;
  return (
    <div className="field">
      <label htmlFor={id}>{t(`settings.${name}`)}</label>
      <input
        id={id}
        type="number"
        step={1}
        {...{ min, max }}
        value={saved ?? ''}
        placeholder={t(placeholder)}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => {
          const value = Math.min(max, Math.max(min, Math.round(Number(target.value))));
          setAnswering({ [name]: target.value === '' ? null : value });
        }}
      />
      <p className="quiet" id={`${id}-hint`}>
        {t(`settings.${name}Hint`)}
      </p>
    </div>
  );
}

const CONTEXT_LENGTHS = [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

/** The KV cache's capacity; no more than the model was made for. */
function ContextLength() {
  const { t, language } = useText();
  const value = useApp((s) => s.preferences.contextTokens);
  const most = useApp((s) => s.model.info?.trainedContextTokens ?? Infinity);
  const setContextTokens = useApp((s) => s.setContextTokens);
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

function PageSettings() {
  const { t } = useText();
  const { language, theme, fontSize } = useApp(
    useShallow(({ preferences: { language, theme, fontSize } }) => ({ language, theme, fontSize })),
  );
  const sizes: { value: FontSize; label: string }[] = [
    { value: 'small', label: t('settings.sizeSmall') },
    { value: 'normal', label: t('settings.sizeNormal') },
    { value: 'large', label: t('settings.sizeLarge') },
  ];
  const setPreferences = useApp((s) => s.setPreferences);
  const languages: { value: LanguageChoice; label: string }[] = [
    { value: 'auto', label: t('settings.languageAuto') },
    { value: 'zh-CN', label: '中文' },
    { value: 'en', label: 'English' },
  ];
  const themes: { value: ThemeChoice; label: string }[] = [
    { value: 'system', label: t('settings.themeSystem') },
    { value: 'light', label: t('settings.themeLight') },
    { value: 'dark', label: t('settings.themeDark') },
  ];
  return (
    <section aria-label={t('settings.page')}>
      <h3>{t('settings.page')}</h3>
      <Choice
        legend={t('settings.language')}
        name="language"
        value={language}
        options={languages}
        onChange={(choice) => setPreferences({ language: choice })}
      />
      <Choice
        legend={t('settings.theme')}
        name="theme"
        value={theme}
        options={themes}
        onChange={(choice) => setPreferences({ theme: choice })}
      />
      <Choice
        legend={t('settings.fontSize')}
        name="font-size"
        value={fontSize}
        options={sizes}
        onChange={(choice) => setPreferences({ fontSize: choice })}
      />
    </section>
  );
}

const KEYS: [TextKey, string][] = [
  ['settings.keySend', 'Enter'],
  ['settings.keyLine', 'Shift+Enter'],
  ['settings.keyStop', 'Esc'],
  ['settings.keyNew', 'Ctrl/⌘+Shift+O'],
  ['palette.title', 'Ctrl/⌘+K'],
];

function SystemPrompt() {
  const { t } = useText();
  const saved = useApp((s) => currentChat(s).systemPrompt);
  const setSystemPrompt = useApp((s) => s.setSystemPrompt);
  const [text, setText] = useState(saved);
  return (
    <div className="field">
      <label htmlFor="system-prompt">{t('settings.system')}</label>
      <textarea
        id="system-prompt"
        rows={4}
        dir="auto"
        value={text}
        placeholder={t('settings.systemPlaceholder')}
        aria-describedby="system-prompt-hint"
        onChange={(event) => {
          setText(event.target.value);
          setSystemPrompt(event.target.value);
        }}
      />
      <p className="quiet" id="system-prompt-hint">
        {t('settings.systemHint')}
      </p>
    </div>
  );
}

/** New chats begin with the system prompt of this one, or with none again. */
function DefaultPrompt() {
  const { t } = useText();
  const own = useApp((s) => currentChat(s).systemPrompt.trim());
  const saved = useApp((s) => s.preferences.systemPrompt);
  const setPreferences = useApp((s) => s.setPreferences);
  if (!own && !saved) return null;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={saved !== '' && saved === own}
        onChange={({ target }) => setPreferences({ systemPrompt: target.checked ? own : '' })}
      />
      {t('settings.systemDefault')}
    </label>
  );
}

/** Whether what follows is this chat's or every chat's. */
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

/** Every change takes effect at once: there is nothing to save. */
export function SettingsDialog({ onImport }: { onImport: () => void }) {
  const { t } = useText();
  const closeDialog = useApp((s) => s.closeDialog);
  const resetSampling = useApp((s) => s.resetSampling);
  return (
    <Modal title={t('settings.title')} side="right" onClose={closeDialog}>
      <PageSettings />
      <section aria-label={t('settings.thisChat')}>
        <h3>{t('settings.thisChat')}</h3>
        <SystemPrompt />
        <DefaultPrompt />
      </section>
      <section aria-label={t('settings.sampling')}>
        <h3>{t('settings.sampling')}</h3>
        <OwnSettings />
        <Presets />
        {KNOBS.map((knob) => (
          <KnobField key={knob.name} {...knob} />
        ))}
        <ContextLength />
        <OptionalNumber name="maxTokens" min={1} max={131072} placeholder="settings.maxTokensAuto" />
        <OptionalNumber name="seed" min={0} max={4294967295} placeholder="settings.seedRandom" />
        <button type="button" className="button wide" onClick={resetSampling}>
          {t('settings.reset')}
        </button>
      </section>
      <DataSettings onImport={onImport} />
      <section aria-label={t('bench.title')}>
        <h3>{t('bench.title')}</h3>
        <p className="quiet">{t('bench.what')}</p>
        <a className="button wide" href="#/bench" onClick={closeDialog}>
          {t('bench.open')}
        </a>
      </section>
      <section aria-label={t('settings.shortcuts')}>
        <h3>{t('settings.shortcuts')}</h3>
        <dl className="keys">
          {KEYS.map(([key, keys]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>
                <kbd>{keys}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </Modal>
  );
}
