import { useState } from 'react';
import { currentChat, isSameModel, type KnownModel } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { useApp, useText } from '../../useApp';
import { SYSTEM_PROMPT_ID } from '../../shell/usePage';
import { modelName } from '../models/modelName';
import fieldStyles from '../../controls/fields.module.css';

/** Settings of the current chat. */
export function ChatSettings() {
  const { t } = useText();
  return (
    <section aria-label={t('settings.thisChat')}>
      <h3>{t('settings.thisChat')}</h3>
      <SystemPrompt />
      <DefaultPrompt />
      <ChatModel />
    </section>
  );
}

function SystemPrompt() {
  const { t } = useText();
  const saved = useApp((s) => currentChat(s).systemPrompt);
  const setSystemPrompt = useApp((s) => s.setSystemPrompt);
  const [text, setText] = useState(saved);
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={SYSTEM_PROMPT_ID}>{t('settings.system')}</label>
      <textarea
        id={SYSTEM_PROMPT_ID}
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

/** Makes this chat's system prompt the default of new chats, or removes the default. */
function DefaultPrompt() {
  const { t } = useText();
  const own = useApp((s) => currentChat(s).systemPrompt.trim());
  const saved = useApp((s) => s.preferences.systemPrompt);
  const setPreferences = useApp((s) => s.page.setPreferences);
  if (!own && !saved) return null;
  return (
    <label className={fieldStyles.check}>
      <input
        type="checkbox"
        checked={saved !== '' && saved === own}
        onChange={({ target }) => setPreferences({ systemPrompt: target.checked ? own : '' })}
      />
      {t('settings.systemDefault')}
    </label>
  );
}

/** The model of this chat, among those on this device. A new choice loads at once. */
function ChatModel() {
  const { t } = useText();
  const nanoUrl = useApp((s) => s.nanoUrl);
  const stored = useApp((s) => s.storage.models);
  const inUse = useApp((s) => s.model.info);
  const own = useApp((s) => currentChat(s).model);
  const takeModel = useApp((s) => s.takeModel);
  const openModels = useApp((s) => s.openModels);
  const nano: KnownModel = { id: '', name: t('model.nano'), origin: nanoUrl };
  const known = [
    ...stored.filter(({ origin, eyes, embedder }) => origin !== nanoUrl && !eyes && !embedder),
    nano,
  ];
  const value = own ?? inUse ?? undefined;
  const isHere = value === undefined || known.some((model) => isSameModel(model, value));
  const options = isHere ? known : [...known, value];
  const chosen = options.findIndex((model) => value && isSameModel(model, value));
  return (
    <SelectField
      label={t('settings.model')}
      value={chosen}
      hint={
        <>
          {t('settings.modelHint')}{' '}
          <button type="button" className="text-button" onClick={() => openModels()}>
            {t('settings.modelMore')}
          </button>
        </>
      }
      onChange={(index) => {
        const model = options[Number(index)];
        if (model) takeModel(model);
      }}
    >
      {chosen < 0 && <option value={-1}>{t('model.none')}</option>}
      {options.map((model, index) => (
        <option key={model.origin + model.id} value={index} disabled={!isHere && model === value}>
          {model === nano ? nano.name : modelName(model)}
          {!isHere && model === value && ` · ${t('settings.modelAway')}`}
        </option>
      ))}
    </SelectField>
  );
}
