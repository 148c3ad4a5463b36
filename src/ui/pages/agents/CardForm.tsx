import { useId, useRef, useState } from 'react';
import { isPicture, LIMITS, type AgentCard } from '../../../store/agents';
import { FileIcon, TrashIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { useApp, useTextsOf } from '../../useApp';
import { toolName, useCallText } from '../chat/calls/callState';
import { AgentPicture } from './AgentPicture';
import { pictureOf } from './pictureOf';
import { StarterFields } from './StarterFields';
import { wholeInView } from '../../controls/wholeInView';
import fieldStyles from '../../controls/fields.module.css';
import styles from './Builder.module.css';

interface CardFormProps {
  card: AgentCard;
  onChange: (card: AgentCard) => void;
}

/** The fields of an agent. */
export function CardForm({ card, onChange }: CardFormProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const set = (change: Partial<AgentCard>) => onChange({ ...card, ...change });
  return (
    <>
      <PictureFields card={card} set={set} />
      <TextField label={t('name')} value={card.name} most={LIMITS.name} onChange={(name) => set({ name })} />
      <TextField
        label={t('description')}
        value={card.description}
        most={LIMITS.description}
        hint={t('descriptionHint')}
        onChange={(description) => set({ description })}
      />
      <TextField
        label={t('instructions')}
        value={card.instructions}
        most={LIMITS.instructions}
        rows={10}
        hint={t('instructionsHint')}
        onChange={(instructions) => set({ instructions })}
      />
      <TextField
        label={t('opening')}
        value={card.opening ?? ''}
        most={LIMITS.opening}
        rows={2}
        hint={t('openingHint')}
        onChange={(opening) => set({ opening })}
      />
      <StarterFields card={card} set={set} />
      <ToolFields card={card} set={set} />
      <ModelFields card={card} set={set} />
    </>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  rows?: number;
  most?: number;
  placeholder?: string;
}

function TextField({ label, value, onChange, hint, rows, most, placeholder }: TextFieldProps) {
  const id = useId();
  const common = {
    ...{ id, value, placeholder, maxLength: most, autoComplete: 'off', dir: 'auto' },
    'aria-describedby': hint ? `${id}-hint` : undefined,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
    onKeyUp: wholeInView,
  } as const;
  return (
    <div className={`${fieldStyles.field} ${styles.field}`}>
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input type="text" {...common} /> : <textarea rows={rows} {...common} />}
      {hint && (
        <p className="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface PartProps {
  card: AgentCard;
  set: (change: Partial<AgentCard>) => void;
}

function PictureFields({ card, set }: PartProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const [fault, setFault] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  const { avatar = '', name } = card;
  const upload = (chosen: File | undefined) => {
    if (!chosen) return;
    pictureOf(chosen).then(
      (picture) => {
        setFault('');
        set({ avatar: picture });
      },
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <fieldset className={styles.picture}>
      <legend className="visually-hidden">{t('picture')}</legend>
      <AgentPicture avatar={avatar} name={name} large />
      <div className={fieldStyles.field}>
        <label htmlFor={id}>{t('emoji')}</label>
        <input
          id={id}
          type="text"
          className={styles.emoji}
          autoComplete="off"
          value={isPicture(avatar) ? '' : avatar}
          onChange={({ target }) => set({ avatar: target.value.trim() || undefined })}
        />
      </div>
      <button type="button" className="button" onClick={() => file.current?.click()}>
        <FileIcon />
        {t('upload')}
      </button>
      <input
        ref={file}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp"
        onChange={({ target }) => {
          upload(target.files?.[0]);
          target.value = '';
        }}
      />
      {isPicture(avatar) && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('noPicture')}
          title={t('noPicture')}
          onClick={() => set({ avatar: undefined })}
        >
          <TrashIcon />
        </button>
      )}
      {fault && (
        <p className="warn" role="alert">
          {t('badPicture', { why: fault })}
        </p>
      )}
    </fieldset>
  );
}

/** The tools of this app, and those that the card names beside them. */
function ToolFields({ card, set }: PartProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const calls = useCallText();
  const known = useApp((s) => s.tools);
  const names = [...new Set([...known.map(({ name }) => name), ...card.tools])];
  return (
    <fieldset className={styles.tools}>
      <legend>{t('tools')}</legend>
      {names.map((name) => (
        <label key={name} className={fieldStyles.check}>
          <input
            type="checkbox"
            checked={card.tools.includes(name)}
            onChange={({ target }) =>
              set({
                tools: target.checked ? [...card.tools, name] : card.tools.filter((one) => one !== name),
              })
            }
          />
          {toolName(name, calls.t)}
        </label>
      ))}
      <p className="quiet">{t('toolsHint')}</p>
    </fieldset>
  );
}

function ModelFields({ card, set }: PartProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const { sampling = {}, model = '' } = card;
  const number = (name: string, text: string) => {
    const { [name]: _, ...others } = sampling;
    const next =
      text.trim() === '' || !Number.isFinite(Number(text)) ? others : { ...others, [name]: Number(text) };
    set({ sampling: Object.keys(next).length > 0 ? next : undefined });
  };
  return (
    <details className={styles.more}>
      <summary>{t('more')}</summary>
      <NumberField
        label={t('temperature')}
        value={sampling.temperature}
        most={2}
        onChange={(text) => number('temperature', text)}
      />
      <NumberField
        label={t('topP')}
        value={sampling.top_p}
        most={1}
        onChange={(text) => number('top_p', text)}
      />
      <TextField
        label={t('model')}
        value={model}
        most={LIMITS.model}
        placeholder="GLM-4-9B"
        hint={t('modelHint')}
        onChange={(text) => set({ model: text || undefined })}
      />
    </details>
  );
}

interface NumberFieldProps {
  label: string;
  value: number | undefined;
  most: number;
  onChange: (text: string) => void;
}

function NumberField({ label, value, most, onChange }: NumberFieldProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const id = useId();
  return (
    <div className={`${fieldStyles.field} ${styles.field}`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={0}
        max={most}
        step={0.05}
        value={value ?? ''}
        placeholder={t('modelDefault')}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
