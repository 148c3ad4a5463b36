// The user's own tools in the settings: what can be added, and the secrets they use.
import { useState } from 'react';
import type { StoredFunction } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { IconButton } from '../../controls/IconButton';
import { PencilIcon, PlusIcon, SaveIcon, TrashIcon } from '../../controls/icons';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { lazyView } from '../../lazyPart';
import { useApp, useTextsOf } from '../../useApp';
import { FileButton } from './FileButton';
import rowStyles from '../../controls/rows.module.css';
import styles from './toolkit.module.css';

const FunctionEditor = lazyView(() => import('./FunctionEditor'));
const FunctionReview = lazyView(() => import('./FunctionReview'));
const OpenApiImport = lazyView(() => import('./OpenApiImport'));
const McpDialog = lazyView(() => import('./McpDialog'));
const DrawingDialog = lazyView(() => import('./DrawingDialog'));

/** Buttons that add functions, by hand, from a file or from a document. */
export function Toolkit() {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const importFunctions = useApp((s) => s.toolkit.importFunctions);
  const exportFunctions = useApp((s) => s.toolkit.exportFunctions);
  const error = useApp((s) => s.kit.functionError);
  const dismiss = useApp((s) => s.toolkit.dismissFunctionError);
  const reviewed = useApp((s) => s.kit.functionReview !== null);
  const hasFunctions = useApp((s) => s.kit.functions.length > 0);
  const [open, setOpen] = useState<'function' | 'api' | 'mcp' | 'drawing' | null>(null);
  const services = useTextsOf(SERVICE_TEXTS);
  const imageHost = useApp((s) => hostOf(s.kit.drawing.images));
  return (
    <>
      {error && <ErrorCard error={error} onDismiss={dismiss} />}
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={() => setOpen('function')}>
          <PlusIcon />
          {t('newFunction')}
        </button>
        <button type="button" className="button" onClick={() => setOpen('api')}>
          <PlusIcon />
          {t('addApi')}
        </button>
        <button type="button" className="button" onClick={() => setOpen('mcp')}>
          <PlusIcon />
          {services.t('addServer')}
        </button>
        <FileButton
          label={t('importFile')}
          accept=".json,application/json"
          mark="data-functions"
          onFile={(file) => void importFunctions(file)}
        />
        {hasFunctions && (
          <button type="button" className="button" onClick={() => void exportFunctions()}>
            <SaveIcon />
            {t('exportAll')}
          </button>
        )}
      </div>
      <ServerList />
      <SecretList />
      <div className={styles.secrets}>
        <h4>{services.t('drawing')}</h4>
        <p className="quiet">{services.t('drawingHint')}</p>
        <div className={styles.buttons}>
          <button type="button" className="button" onClick={() => setOpen('drawing')}>
            <PencilIcon />
            {services.t('images')}: {imageHost ?? services.t('none')}
          </button>
        </div>
      </div>
      {open === 'function' && <FunctionEditor edited={null} onClose={() => setOpen(null)} />}
      {open === 'mcp' && <McpDialog server={null} onClose={() => setOpen(null)} />}
      {open === 'drawing' && <DrawingDialog onClose={() => setOpen(null)} />}
      {open === 'api' && <OpenApiImport onClose={() => setOpen(null)} />}
      {reviewed && <FunctionReview />}
    </>
  );
}

const hostOf = (endpoint: { baseUrl: string } | null): string | undefined =>
  endpoint ? new URL(endpoint.baseUrl).host : undefined;

/** MCP servers, and whether one has changed what was approved. */
function ServerList() {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const servers = useApp((s) => s.kit.mcpServers);
  const deleteMcp = useApp((s) => s.toolkit.deleteMcp);
  const [open, setOpen] = useState<string | null>(null);
  const opened = servers.find(({ id }) => id === open);
  if (servers.length === 0) return null;
  return (
    <>
      <ul className={`${rowStyles.rows} ${styles.secrets}`}>
        {servers.map(({ id, name, url, tools, changed }) => (
          <li key={id} className={rowStyles.row}>
            <div className={rowStyles.rowText}>
              <span className={rowStyles.rowName}>{name}</span>
              <span className="quiet">{t('count', { host: new URL(url).host, count: tools.length })}</span>
              {changed && <span className="warn">{t('wanted')}</span>}
            </div>
            <IconButton name={t('editServer', { name })} icon={<PencilIcon />} onClick={() => setOpen(id)} />
            <IconButton
              name={t('deleteServer', { name })}
              icon={<TrashIcon />}
              onClick={() => void deleteMcp(id)}
            />
          </li>
        ))}
      </ul>
      {opened && <McpDialog server={opened} onClose={() => setOpen(null)} />}
    </>
  );
}

/** What can be done with a function of the list. */
export function FunctionActions({ made }: { made: StoredFunction }) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const exportFunctions = useApp((s) => s.toolkit.exportFunctions);
  const [open, setOpen] = useState(false);
  const { name } = made;
  return (
    <>
      <IconButton name={t('edit', { name })} icon={<PencilIcon />} onClick={() => setOpen(true)} />
      <IconButton
        name={t('export', { name })}
        icon={<SaveIcon />}
        onClick={() => void exportFunctions([name])}
      />
      {open && <FunctionEditor edited={made} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Names and hosts of secrets; their values are not shown. */
function SecretList() {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const secrets = useApp((s) => s.kit.secrets);
  const deleteSecret = useApp((s) => s.toolkit.deleteSecret);
  if (secrets.length === 0) return null;
  return (
    <div className={styles.secrets}>
      <h4>{t('secrets')}</h4>
      <p className="quiet">{t('secretsHint')}</p>
      <ul className={rowStyles.rows}>
        {secrets.map(({ name, origin }) => (
          <li key={name} className={rowStyles.row}>
            <div className={rowStyles.rowText}>
              <span className={rowStyles.rowName}>{name}</span>
              <span className="quiet">{t('secretFor', { host: new URL(origin).host })}</span>
            </div>
            <IconButton
              name={t('deleteSecret', { name })}
              icon={<TrashIcon />}
              onClick={() => void deleteSecret(name)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
