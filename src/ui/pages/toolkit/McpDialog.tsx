import { useEffect, useRef, useState, type FormEvent } from 'react';
import { toWireError, type WireError } from '../../../shared/errors';
import type { McpDraft, McpListing, McpServerInfo } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import { McpMaterial } from './McpMaterial';
import { McpTools } from './McpTools';
import { ToolDialog } from './ToolDialog';
import styles from './toolkit.module.css';

/** Adds an MCP server or looks at one: address, key or sign-in, and the tools that the model may know. */
export default function McpDialog({
  server,
  onClose,
}: {
  server: McpServerInfo | null;
  onClose: () => void;
}) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const [id] = useState(() => server?.id ?? crypto.randomUUID());
  const [url, setUrl] = useState(server?.url ?? '');
  const [key, setKey] = useState('');
  const [name, setName] = useState(server?.name ?? '');
  const [listing, setListing] = useState<McpListing | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>(
    server?.tools.map(({ original }) => original) ?? [],
  );
  const saveMcp = useApp((s) => s.toolkit.saveMcp);
  const draft: McpDraft = { id, url: url.trim(), key };
  const connected = (found: McpListing) => {
    setListing(found);
    setName((before) => before || found.name);
    if (!server) setChosen(found.tools.map((tool) => tool.name));
  };
  return (
    <ToolDialog
      title={server ? t('editServer', { name: server.name }) : t('addServer')}
      onClose={onClose}
      action={
        listing
          ? {
              label: t('approve', {
                count: listing.tools.filter((tool) => chosen.includes(tool.name)).length,
              }),
              run: () => void saveMcp(draft, name, listing, chosen).then(onClose),
            }
          : undefined
      }
    >
      <p>{t('hint')}</p>
      <Connection
        draft={draft}
        hasKey={server?.hasKey === true}
        onUrl={(value) => (setUrl(value), setListing(null))}
        onKey={setKey}
        onListing={connected}
        atOnce={server !== null}
        isDone={listing !== null}
      />
      {listing && (
        <>
          <p className={styles.note} role="status">
            {t('offers', {
              ...{ name: listing.name, version: listing.version, tools: listing.tools.length },
              ...{ resources: listing.resources.length, prompts: listing.prompts.length },
            })}
          </p>
          <Field label={t('name')} value={name} onChange={setName} />
          <McpTools listing={listing} approved={server?.tools ?? []} chosen={chosen} onChoose={setChosen} />
          {server && <McpMaterial id={server.id} listing={listing} onDone={onClose} />}
        </>
      )}
    </ToolDialog>
  );
}

interface ConnectionProps {
  draft: McpDraft;
  hasKey: boolean;
  onUrl: (url: string) => void;
  onKey: (key: string) => void;
  onListing: (listing: McpListing) => void;
  /** The server is known: it is asked when the dialog opens. */
  atOnce: boolean;
  /** It has answered: connecting is no longer what the dialog is for. */
  isDone: boolean;
}

function Connection({ draft, hasKey, onUrl, onKey, onListing, atOnce, isDone }: ConnectionProps) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const listMcp = useApp((s) => s.toolkit.listMcp);
  const signInMcp = useApp((s) => s.toolkit.signInMcp);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const [page, setPage] = useState('');
  const controller = useRef<AbortController | null>(null);
  const isOpen = useRef(true);
  const run = async (task: (signal: AbortSignal) => Promise<void>) => {
    const own = new AbortController();
    controller.current?.abort();
    controller.current = own;
    setBusy(true);
    setError(null);
    try {
      await task(own.signal);
    } catch (failure) {
      if (!own.signal.aborted) setError(toWireError(failure));
    } finally {
      if (controller.current === own) {
        setBusy(false);
        setPage('');
      }
    }
  };
  const connect = () =>
    run(async (signal) => {
      const listing = await listMcp(draft, signal);
      if (isOpen.current) onListing(listing);
    });
  const signIn = () =>
    run(async (signal) => {
      const { url, done } = await signInMcp(draft, signal);
      setPage(url);
      await done;
      setPage('');
      onListing(await listMcp(draft, signal));
    });
  useEffect(() => {
    isOpen.current = true;
    if (atOnce) void connect();
    return () => {
      isOpen.current = false;
      controller.current?.abort();
    };
    // Once, when the dialog opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const isReady = URL.canParse(draft.url);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (isReady) void connect();
      }}
    >
      <Field
        type="url"
        label={t('address')}
        value={draft.url}
        placeholder="http://localhost:3001/mcp"
        hint={t('addressHint')}
        onChange={onUrl}
        focus={!atOnce}
        code
      />
      <Field
        type="password"
        label={t('key')}
        value={draft.key}
        placeholder={hasKey ? t('kept') : undefined}
        hint={t('keyHint')}
        onChange={onKey}
      />
      {error && <ErrorCard error={error} onDismiss={() => setError(null)} />}
      {error?.code === 'server-refused' && (
        <p className="quiet">{t('relay', { host: new URL(draft.url).host })}</p>
      )}
      <div className={styles.buttons}>
        <button type="submit" className={isDone ? 'button' : 'button primary'} disabled={busy || !isReady}>
          {busy && !page ? t('connecting') : t('connect')}
        </button>
        {(error?.code === 'mcp-key' || error?.code === 'sign-in') && (
          <button type="button" className="button" onClick={() => void signIn()}>
            {t('signIn')}
          </button>
        )}
        {busy && (
          <button type="button" className="button" onClick={() => controller.current?.abort()}>
            {t('stop')}
          </button>
        )}
      </div>
      {page && (
        <p className={styles.note} role="status">
          <a className="button primary" href={page} target="_blank" rel="noopener noreferrer">
            {t('signInAt', { host: new URL(page).host })}
          </a>{' '}
          {t('waiting')}
        </p>
      )}
    </form>
  );
}
