// Search by meaning: the embedding model, from its download to the passages that it has read.
import { useEffect, useRef, useState } from 'react';
import { E5_SMALL } from '../../../store/agents';
import { ErrorCard } from '../../controls/ErrorCard';
import { FileIcon, SaveIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { formatBytes, formatCount, formatDuration } from '../../i18n/format';
import { useApp, useTextsOf } from '../../useApp';
import { useErrorText } from '../../useErrorText';
import { LoadCard } from '../models/cards/LoadCard';
import { useSourceOf, useHub } from '../models/useHub';
import { percentOf } from '../models/Unfinished';
import styles from './Knowledge.module.css';

const { name, variants } = E5_SMALL;
const [VARIANT] = variants;
const size = formatBytes(VARIANT.downloadBytes);

/** @param id of the agent; null: it is not kept yet */
export function Meaning({ id }: { id: string | null }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const errorText = useErrorText();
  const embedder = useApp((s) => s.storage.models.find((model) => model.embedder && !model.outdated)?.id);
  const embedError = useApp((s) => s.agents.embedError);
  const embed = useApp((s) => s.agentDesk.embed);
  // It has just come: what all agents know is read once. A model that was here has been asked with the files.
  const before = useRef(embedder);
  useEffect(() => {
    if (embedder !== undefined && before.current === undefined) void embed();
    before.current = embedder;
  }, [embedder, embed]);
  return (
    <section className={styles.meaning} aria-label={t('meaning')}>
      <h3>{t('meaning')}</h3>
      {embedder === undefined ? <Get /> : <p className="quiet">{t('meaningHere', { name })}</p>}
      {id !== null && <Read id={id} embedder={embedder} />}
      {embedError && (
        <p className="warn" role="alert">
          {t('meaningFailed', { why: errorText(embedError).what })}
        </p>
      )}
    </section>
  );
}

/** The download: offered, under way, or paused. */
function Get() {
  const { t } = useTextsOf(AGENT_TEXTS);
  const input = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState(false);
  const preferred = useHub();
  const hub = useSourceOf(VARIANT) ?? preferred;
  const isBusy = useApp((s) => s.model.incoming !== null && s.model.incoming.readyId === null);
  const error = useApp((s) => s.model.error);
  const paused = useApp((s) => s.downloads.partial.find((row) => row.origin.includes(`:${E5_SMALL.id}/`)));
  const refresh = useApp((s) => s.desk.refresh);
  const downloadEmbedder = useApp((s) => s.desk.downloadEmbedder);
  const openEmbedder = useApp((s) => s.desk.openEmbedder);
  const resumeDownload = useApp((s) => s.desk.resumeDownload);
  const discardDownload = useApp((s) => s.desk.discardDownload);
  const dismissModelError = useApp((s) => s.desk.dismissModelError);
  useEffect(() => void refresh(), [refresh]);
  if (isBusy) return <LoadCard />;
  return (
    <>
      <p className="quiet">{t('meaningNone', { name })}</p>
      <p className="quiet">
        {t('meaningFacts', {
          ...{ licence: E5_SMALL.licence.toUpperCase(), size },
          ...{ host: new URL(hub.baseUrl).host, stored: formatBytes(VARIANT.packedBytes) },
        })}
      </p>
      {asked && error && <ErrorCard error={error} onDismiss={dismissModelError} />}
      {paused && <p role="status">{t('meaningPaused', { name, percent: percentOf(paused) })}</p>}
      <div className={styles.buttons}>
        {paused?.source ? (
          <>
            <button
              type="button"
              className="button primary"
              onClick={() => {
                setAsked(true);
                resumeDownload(paused.id);
              }}
            >
              {t('meaningResume')}
            </button>
            <button type="button" className="button" onClick={() => void discardDownload(paused.id)}>
              {t('meaningDiscard')}
            </button>
          </>
        ) : (
          <button
            type="button"
            className="button"
            onClick={() => {
              setAsked(true);
              void downloadEmbedder(hub);
            }}
          >
            <SaveIcon />
            {t('meaningGet', { name, size })}
          </button>
        )}
        <button type="button" className="button" onClick={() => input.current?.click()}>
          <FileIcon />
          {t('meaningFile')}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".gguf"
          data-embedder=""
          onChange={({ target }) => {
            const files = [...(target.files ?? [])];
            target.value = '';
            setAsked(true);
            if (files.length > 0) void openEmbedder(files);
          }}
        />
      </div>
    </>
  );
}

/** How much of an agent's knowledge the model has read. */
function Read({ id, embedder }: { id: string; embedder: string | undefined }) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const summary = useApp((s) => s.agents.agents?.find((agent) => agent.id === id)?.knowledge?.summary);
  const embedding = useApp((s) => s.agents.embedding);
  const embed = useApp((s) => s.agentDesk.embed);
  const stopEmbedding = useApp((s) => s.agentDesk.stopEmbedding);
  const count = (value: number) => formatCount(value, language);
  if (!summary) return null;
  const { vectors, chunks } = summary;
  if (embedder === undefined) return vectors ? <p className="quiet">{t('meaningWaits', { name })}</p> : null;
  if (embedding?.agentId === id) {
    const { done, total, secondsLeft } = embedding;
    const time = secondsLeft !== null && secondsLeft >= 1 ? formatDuration(secondsLeft, language) : '';
    return (
      <div className={styles.progress}>
        <p role="status">
          {t('meaningProgress', { name, done: count(done), total: count(total) })}
          {time && ` · ${t('meaningLeft', { time })}`}
        </p>
        <div className={styles.bar}>
          <progress aria-label={t('meaning')} value={done} max={Math.max(1, total)} />
          <button type="button" className="button small" onClick={() => void stopEmbedding()}>
            {t('stop')}
          </button>
        </div>
        <p className="quiet">{t('meaningYields')}</p>
      </div>
    );
  }
  const left = chunks - (vectors?.model === embedder ? vectors.chunks : 0);
  if (left === 0) return null;
  return (
    <>
      {vectors && vectors.model !== embedder && <p className="quiet">{t('meaningOther')}</p>}
      <p role="status">{t('meaningRest', { count: left })}</p>
      <div className={styles.buttons}>
        <button type="button" className="button" disabled={embedding !== null} onClick={() => void embed()}>
          {t('meaningGoOn')}
        </button>
      </div>
    </>
  );
}
