import { useState } from 'react';
import { currentChat, hostOf, serverOfChat, type Server } from '../../../store';
import { useApp, useText } from '../../useApp';
import { ErrorCard } from '../../controls/ErrorCard';
import { IconButton } from '../../controls/IconButton';
import { CloudIcon, LockIcon, PencilIcon, PlusIcon, TrashIcon } from '../../controls/icons';
import { useLeaving } from '../../controls/Leaving';
import { ServerForm } from './ServerForm';

/** No name of a model holds one. */
const BETWEEN = '\n';

/** This computer, or a model of one of the servers. */
function AnsweredBy() {
  const { t } = useText();
  const servers = useApp((s) => s.servers);
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
    <div className="field">
      <label htmlFor="setting-server">{t('servers.answeredBy')}</label>
      <select
        id="setting-server"
        value={chosen ? chosen.id + BETWEEN + chosen.model : ''}
        aria-describedby="setting-server-hint"
        onChange={({ target }) => choose(target.value)}
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
      </select>
      <p className={leaving ? 'server-hint leaving' : 'server-hint'} id="setting-server-hint">
        {leaving ? <CloudIcon /> : <LockIcon />}
        {leaving ? t(leaving.hint, { host: leaving.host }) : t('servers.hereHint')}
      </p>
    </div>
  );
}

function ServerRow({ server, onEdit }: { server: Server; onEdit: () => void }) {
  const { t } = useText();
  const deleteServer = useApp((s) => s.deleteServer);
  const { id, name, models } = server;
  return (
    <li className="model-row">
      <div className="model-row-text">
        <span className="model-row-name">{name}</span>
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

/** Who answers this chat, and the servers that can. */
export function ServerSettings() {
  const { t } = useText();
  const servers = useApp((s) => s.servers);
  const error = useApp((s) => s.serverError);
  const chosen = useApp((s) => currentChat(s).server !== undefined);
  const [edited, setEdited] = useState<Server | 'new' | null>(null);
  return (
    <section aria-label={t('servers.title')}>
      <h3>{t('servers.title')}</h3>
      <p className="quiet">{t('servers.what')}</p>
      {error && <ErrorCard error={error} />}
      {(servers.length > 0 || chosen) && <AnsweredBy />}
      {servers.length > 0 && (
        <ul className="model-rows server-rows" aria-label={t('servers.list')}>
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
