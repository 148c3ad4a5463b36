// What an agent knows: files with their progress, their passages, and a search without a model.
import { useRef, useState, type FormEvent } from 'react';
import { listKeptPages } from '../../../store';
import type { FileProgress, Indexing, NamedChunk, Passage, StoredAgent } from '../../../store/agents';
import { IconButton } from '../../controls/IconButton';
import { FileIcon, FolderIcon, GlobeIcon, TrashIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { formatCount } from '../../i18n/format';
import { useApp, useTextsOf } from '../../useApp';
import { useErrorText } from '../../useErrorText';
import { Meaning } from './Meaning';
import rowStyles from '../../controls/rows.module.css';
import fieldStyles from '../../controls/fields.module.css';
import styles from './Knowledge.module.css';

interface KnowledgeProps {
  /** null: the agent is not kept yet. */
  id: string | null;
  /** Keeps it. @returns its id; undefined when its form has a fault */
  keep: () => Promise<string | undefined>;
}

export function Knowledge({ id, keep }: KnowledgeProps) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const knowledge = useApp((s) => s.agents.agents?.find((agent) => agent.id === id)?.knowledge?.summary);
  const indexing = useApp((s) => (s.agents.indexing?.agentId === id ? s.agents.indexing : null));
  return (
    <section className={styles.knowledge} aria-label={t('knowledge')}>
      <h2>{t('knowledge')}</h2>
      <p className="quiet">{t('knowledgeHint')}</p>
      <AddButtons keep={keep} />
      {indexing && <Progress indexing={indexing} />}
      {id !== null && knowledge && (
        <>
          <ul className={rowStyles.rows} aria-label={t('files')}>
            {knowledge.files.map((file) => (
              <FileRow key={file.name} id={id} file={file} />
            ))}
          </ul>
          <p className="quiet">
            {t('total', {
              count: knowledge.chunks,
              chunks: formatCount(knowledge.chunks, language),
              tokens: formatCount(knowledge.tokens, language),
            })}
          </p>
        </>
      )}
      <Meaning id={id} />
      {id !== null && knowledge && <TryQuestion id={id} />}
    </section>
  );
}

function AddButtons({ keep }: Pick<KnowledgeProps, 'keep'>) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const addFiles = useApp((s) => s.agentDesk.addFiles);
  const busy = useApp((s) => s.agents.indexing !== null && s.agents.indexing.status !== 'done');
  const [files, folder] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const add = async (chosen: readonly File[]) => {
    const id = chosen.length > 0 ? await keep() : undefined;
    if (id !== undefined) await addFiles(id, chosen);
  };
  /** Pages that the user keeps, as files. */
  const addPages = async () => {
    const pages = await listKeptPages().catch(() => []);
    await add(
      pages.map(({ title, url, text }) => {
        const name = `${(title || url).replace(/[\\/:*?"<>|\n]+/g, ' ').slice(0, 80)}.md`;
        return new File([`# ${title}\n${url}\n\n${text}`], name, { type: 'text/markdown' });
      }),
    );
  };
  const input = (isFolder: boolean) => (
    <input
      ref={isFolder ? folder : files}
      type="file"
      multiple
      hidden
      {...(isFolder ? { webkitdirectory: '', 'data-folder': '' } : { 'data-knowledge': '' })}
      onChange={({ target }) => {
        void add([...(target.files ?? [])]);
        target.value = '';
      }}
    />
  );
  return (
    <div className={styles.buttons}>
      <button type="button" className="button" disabled={busy} onClick={() => files.current?.click()}>
        <FileIcon />
        {t('addFiles')}
      </button>
      <button type="button" className="button" disabled={busy} onClick={() => folder.current?.click()}>
        <FolderIcon />
        {t('addFolder')}
      </button>
      <button type="button" className="button" disabled={busy} onClick={() => void addPages()}>
        <GlobeIcon />
        {t('addPages')}
      </button>
      {input(false)}
      {input(true)}
    </div>
  );
}

/** File by file while they are read; afterwards how many came in, and why others did not. */
function Progress({ indexing: { files, status } }: { indexing: Indexing }) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const errorText = useErrorText();
  const stopIndexing = useApp((s) => s.agentDesk.stopIndexing);
  const failed = files.filter((file) => file.status === 'failed');
  const over = files.filter((file) => file.status === 'done' || file.status === 'failed').length;
  const shown = status === 'done' ? failed : files;
  const share = files.reduce((sum, file) => sum + shareOf(file), 0);
  const count = (value: number) => formatCount(value, language);
  return (
    <div className={styles.progress}>
      <p role="status">
        {status === 'done'
          ? t(failed.length > 0 ? 'addedFailed' : 'added', {
              count: count(files.length - failed.length),
              failed: count(failed.length),
            })
          : t('progress', { done: count(over), total: count(files.length) })}
      </p>
      {status !== 'done' && (
        <div className={styles.bar}>
          <progress aria-label={t('files')} value={share} max={Math.max(1, files.length)} />
          <button type="button" className="button small" onClick={() => void stopIndexing()}>
            {t('stop')}
          </button>
        </div>
      )}
      {shown.length > 0 && (
        <ul className={styles.states} tabIndex={0} aria-label={t('files')}>
          {shown.map((file) => (
            <li key={file.name}>
              <span>{file.name}</span>
              <span className={file.error ? 'warn' : 'quiet'}>
                {file.error
                  ? `${t('failed')}: ${errorText(file.error).what}`
                  : file.status === 'done'
                    ? t('chunks', { count: file.chunks ?? 0 })
                    : file.fraction > 0
                      ? `${t(file.status)} ${Math.round(file.fraction * 100)} %`
                      : t(file.status)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** How far a file is: reading and indexing count half each. */
function shareOf({ status, fraction }: FileProgress): number {
  if (status === 'waiting') return 0;
  if (status === 'reading') return fraction / 2;
  return status === 'indexing' ? 0.5 + fraction / 2 : 1;
}

type KnownFile = NonNullable<StoredAgent['knowledge']>['summary']['files'][number];

/** A file, and on request its passages. */
function FileRow({ id, file: { name, pages, chunks } }: { id: string; file: KnownFile }) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const removeFile = useApp((s) => s.agentDesk.removeFile);
  const readChunks = useApp((s) => s.agentDesk.chunks);
  const [shown, setShown] = useState<NamedChunk[]>([]);
  const more = () =>
    void readChunks(id, name, shown.length).then((read) => setShown([...shown, ...read.chunks]));
  const facts = [
    pages !== undefined && t('pages', { count: formatCount(pages, language) }),
    t('chunks', { count: formatCount(chunks, language) }),
  ].filter(Boolean);
  return (
    <li className={styles.file}>
      <div className={rowStyles.row}>
        <div className={rowStyles.rowText}>
          <span className={rowStyles.rowName} title={name}>
            {name}
          </span>
        </div>
        <IconButton
          name={t('removeFile', { name })}
          icon={<TrashIcon />}
          onClick={() => void removeFile(id, name)}
        />
      </div>
      <details
        onToggle={({ currentTarget }) => {
          if (currentTarget.open && shown.length === 0) more();
        }}
      >
        <summary aria-label={t('showChunks', { name })}>{facts.join(' · ')}</summary>
        {shown.length > 0 && (
          <ol className={styles.chunks} tabIndex={0} aria-label={t('showChunks', { name })}>
            {shown.map((chunk) => (
              <li key={chunk.number}>
                <p className="quiet">
                  {[chunk.page !== undefined && t('page', { page: chunk.page }), chunk.title]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
                <p dir="auto">{chunk.text}</p>
              </li>
            ))}
          </ol>
        )}
        {shown.length > 0 && shown.length < chunks && (
          <button type="button" className="text-button" onClick={more}>
            {t('moreChunks', { count: formatCount(chunks - shown.length, language) })}
          </button>
        )}
      </details>
    </li>
  );
}

/** What the search finds for a question, without the model. */
function TryQuestion({ id }: { id: string }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const find = useApp((s) => s.agentDesk.find);
  const [question, setQuestion] = useState('');
  const [found, setFound] = useState<Passage[]>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void find(id, question).then(setFound);
  };
  return (
    <form className={styles.try} onSubmit={submit} aria-label={t('tryQuestion')}>
      <h3>{t('tryQuestion')}</h3>
      <p className="quiet">{t('tryQuestionHint')}</p>
      <div className={fieldStyles.urlRow}>
        <input
          type="text"
          value={question}
          aria-label={t('question')}
          autoComplete="off"
          dir="auto"
          onChange={({ target }) => setQuestion(target.value)}
        />
        <button type="submit" className="button" disabled={!question.trim()}>
          {t('search')}
        </button>
      </div>
      <div role="status">
        {found && <p>{found.length > 0 ? t('found', { count: found.length }) : t('nothing')}</p>}
      </div>
      {found && found.length > 0 && <PassageList passages={found} />}
    </form>
  );
}

/** Passages with their file, page and score. */
export function PassageList({ passages }: { passages: readonly Passage[] }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  return (
    <ol className={styles.chunks} tabIndex={0} aria-label={t('found', { count: passages.length })}>
      {passages.map(({ file, page, score, text }, index) => (
        <li key={index}>
          <p className="quiet">
            {[
              file,
              page !== undefined && t('page', { page }),
              t('score', { score: score.toFixed(score < 1 ? 2 : 1) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p dir="auto">{text}</p>
        </li>
      ))}
    </ol>
  );
}
