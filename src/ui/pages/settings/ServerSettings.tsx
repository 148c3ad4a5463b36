import { useState } from 'react';
import { currentChat, hostOf, serverOfChat, type Server } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { useApp, useText } from '../../useApp';
import { ErrorCard } from '../../controls/ErrorCard';
import { IconButton } from '../../controls/IconButton';
import { CloudIcon, LockIcon, PencilIcon, PlusIcon, TrashIcon } from '../../controls/icons';
import { useLeaving } from '../chat/Leaving';
import { ServerForm } from './ServerForm';
import rowStyles from '../../controls/rows.module.css';
import styles from './ServerSettings.module.css';

/** A separator that no model name contains. */
const BETWEEN = '\n';

/** Chooses what answers the chat: this computer or a server's model. */
function AnsweredBy() {
  const { t } = useText();
  const servers = useApp((s) => s.servers.list);
  const chosen = useApp((s) => currentChat(s).server);
  const server = useApp(serverOfChat);
  const setChatServer = useApp((s) => s.setChatServer);
  const leaving = useLeaving();
  const choose = (value: string) => {
    const [id, model] = value.split(BETWEEN);
    const found = servers.find((one) => one.id === id);
    setChatServer(found && { id, name: found.name, model });
  };
  return (
    <SelectField
      label={t('servers.answeredBy')}
      value={chosen ? chosen.id + BETWEEN + chosen.model : ''}
      hintClass={leaving ? `${styles.hint} ${styles.leaving}` : styles.hint}
      hint={
        <>
          {leaving ? <CloudIcon /> : <LockIcon />}
          {leaving ? t(leaving.hint, { host: leaving.host }) : t('servers.hereHint')}
        </>
      }
      onChange={choose}
    >
      <option value="">{t('servers.here')}</option>
      {servers.map(({ id, name, models }) => (
        <optgroup key={id} label={name}>
          {models.map((model) => (
            <option key={model.id} value={id + BETWEEN + model.id}>
              {model.id}
            </option>
          ))}
        </optgroup>
      ))}
      {chosen && !server && (
        <option value={chosen.id + BETWEEN + chosen.model} disabled>
          {t('servers.gone', { name: chosen.name })}
        </option>
      )}
    </SelectField>
  );
}

function ServerRow({ server, onEdit }: { server: Server; onEdit: () => void }) {
  const { t } = useText();
  const deleteServer = useApp((s) => s.page.deleteServer);
  const { id, name, models } = server;
  return (
    <li className={rowStyles.row}>
      <div className={rowStyles.rowText}>
        <span className={rowStyles.rowName}>{name}</span>
        <span className="quiet">{t('servers.models', { host: hostOf(server), count: models.length })}</span>
      </div>
      <IconButton name={t('servers.edit', { name })} icon={<PencilIcon />} onClick={onEdit} />
      <IconButton
        name={t('servers.delete', { name })}
        icon={<TrashIcon />}
        onClick={() => void deleteServer(id)}
      />
    </li>
  );
}

/** What answers this chat, and the list of servers. */
export function ServerSettings() {
  const { t } = useText();
  const servers = useApp((s) => s.servers.list);
  const error = useApp((s) => s.servers.error);
  const chosen = useApp((s) => currentChat(s).server !== undefined);
  const [edited, setEdited] = useState<Server | 'new' | null>(null);
  return (
    <section aria-label={t('servers.title')}>
      <h3>{t('servers.title')}</h3>
      <p className="quiet">{t('servers.what')}</p>
      {error && <ErrorCard error={error} />}
      {(servers.length > 0 || chosen) && <AnsweredBy />}
      {servers.length > 0 && (
        <ul className={`${rowStyles.rows} ${styles.rows}`} aria-label={t('servers.list')}>
          {servers.map((server) => (
            <ServerRow key={server.id} server={server} onEdit={() => setEdited(server)} />
          ))}
        </ul>
      )}
      {edited ? (
        <ServerForm
          key={edited === 'new' ? 'new' : edited.id}
          server={edited === 'new' ? null : edited}
          onDone={() => setEdited(null)}
        />
      ) : (
        <button type="button" className="button wide" onClick={() => setEdited('new')}>
          <PlusIcon />
          {t('servers.add')}
        </button>
      )}
    </section>
  );
}
