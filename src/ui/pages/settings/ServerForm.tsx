import { useEffect, useState, type FormEvent } from 'react';
import type { Server } from '../../../store';
import { useApp, useText, type TextKey } from '../../useApp';
import { ErrorCard } from '../../controls/ErrorCard';
import fieldStyles from '../../controls/fields.module.css';
import styles from './ServerForm.module.css';

/** Result of the connection test. */
function CheckResult() {
  const { t } = useText();
  const check = useApp((s) => s.servers.check);
  if (check?.status === 'failed') return <ErrorCard error={check.error} />;
  const models = check?.status === 'answered' ? check.listing.models.map(({ id }) => id) : [];
  return (
    <p className={styles.check} role="status">
      {check?.status === 'checking' && t('servers.testing')}
      {check?.status === 'answered' &&
        (models.length > 0
          ? t('servers.connected', { models: models.slice(0, 12).join(', ') })
          : t('servers.noModels'))}
    </p>
  );
}

type FieldName = 'address' | 'key' | 'name' | 'modelIds';

interface FieldProps {
  name: FieldName;
  value: string;
  type?: 'text' | 'password';
  placeholder?: string;
  hint?: TextKey;
  focus?: boolean;
  onChange: (value: string) => void;
}

function Field({ name, value, type = 'text', placeholder, hint, focus, onChange }: FieldProps) {
  const { t } = useText();
  const id = `server-${name}`;
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t(`servers.${name}`)}</label>
      <input
        {...{ id, type, value, placeholder }}
        autoFocus={focus}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-describedby={hint && `${id}-hint`}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint && (
        <p className="quiet" id={`${id}-hint`}>
          {t(hint)}
        </p>
      )}
    </div>
  );
}

/** Form for a new or an existing server. The page contacts it for the test, or on Save while its models are not known. */
export function ServerForm({ server, onDone }: { server: Server | null; onDone: () => void }) {
  const { t } = useText();
  const checking = useApp((s) => s.servers.check?.status === 'checking');
  const checkServer = useApp((s) => s.page.checkServer);
  const forgetCheck = useApp((s) => s.page.forgetCheck);
  const saveServer = useApp((s) => s.page.saveServer);
  const [address, setAddress] = useState(server?.baseUrl ?? '');
  const [key, setKey] = useState('');
  const [name, setName] = useState(server?.name ?? '');
  const [modelIds, setModelIds] = useState('');
  const [pictures, setPictures] = useState(server?.pictures ?? false);
  useEffect(() => forgetCheck, [forgetCheck]);

  const draft = { ...(server && { id: server.id }), name, address, key, pictures };
  const ready = address.trim() !== '' && !checking;
  /** A changed field makes the last test's result stale. */
  const changing = (set: (value: string) => void) => (value: string) => {
    set(value);
    forgetCheck();
  };
  const save = async () => {
    const typed = modelIds.split(/[,，\n]/).map((id) => id.trim());
    if (await saveServer(draft, typed.filter(Boolean))) onDone();
  };
  return (
    <form
      className={styles.form}
      aria-label={server ? t('servers.edit', { name: server.name }) : t('servers.add')}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (ready) void save();
      }}
    >
      <Field
        name="address"
        value={address}
        placeholder="http://localhost:8000/v1"
        hint="servers.addressHint"
        focus
        onChange={changing(setAddress)}
      />
      <Field
        name="key"
        type="password"
        value={key}
        placeholder={server?.hasKey ? t('servers.keyKept') : undefined}
        hint="servers.keyHint"
        onChange={changing(setKey)}
      />
      <Field name="name" value={name} placeholder={t('servers.namePlaceholder')} onChange={setName} />
      <Field name="modelIds" value={modelIds} hint="servers.modelIdsHint" onChange={setModelIds} />
      <div>
        <label className={fieldStyles.check}>
          <input
            type="checkbox"
            checked={pictures}
            aria-describedby="server-pictures-hint"
            onChange={({ target }) => setPictures(target.checked)}
          />
          <span>{t('servers.pictures')}</span>
        </label>
        <p className="quiet" id="server-pictures-hint">
          {t('servers.picturesHint')}
        </p>
      </div>
      <CheckResult />
      <div className="button-row">
        <button type="submit" className="button primary" disabled={!ready}>
          {t('servers.save')}
        </button>
        <button type="button" className="button" disabled={!ready} onClick={() => void checkServer(draft)}>
          {t('servers.test')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('servers.cancel')}
        </button>
      </div>
    </form>
  );
}
