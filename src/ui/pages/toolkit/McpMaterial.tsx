import { useState } from 'react';
import { toWireError, type WireError } from '../../../shared/errors';
import type { McpListing, McpResult } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { IconButton } from '../../controls/IconButton';
import { AttachIcon, PlusIcon } from '../../controls/icons';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import rowStyles from '../../controls/rows.module.css';
import styles from './toolkit.module.css';

interface McpMaterialProps {
  id: string;
  listing: McpListing;
  onDone: () => void;
}

/** A file of a resource's content. */
function fileOf({ content }: McpResult, name: string): File {
  const isText = content.every(({ kind }) => kind === 'text');
  const pieces = content.flatMap((one): BlobPart[] =>
    one.kind === 'text' ? [one.text] : one.kind === 'data' ? [one.blob] : [],
  );
  const [first] = content;
  const type = isText ? 'text/plain' : first?.kind === 'data' ? first.mediaType : '';
  const plain = name.replace(/[\\/:*?"<>|]+/g, ' ').trim() || 'resource';
  return new File(pieces, /\.\w{1,8}$/.test(plain) || !isText ? plain : `${plain}.txt`, { type });
}

/** Texts and prompts of a server, to put into the message. */
export function McpMaterial({ id, listing, onDone }: McpMaterialProps) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const readMcp = useApp((s) => s.toolkit.readMcp);
  const attachFiles = useApp((s) => s.attachFiles);
  const addToDraft = useApp((s) => s.addToDraft);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const [error, setError] = useState<WireError | null>(null);
  const [args, setArgs] = useState<Record<string, string>>({});
  const take = async (task: () => Promise<void>) => {
    try {
      await task();
      onDone();
      closeDialog();
    } catch (failure) {
      setError(toWireError(failure));
    }
  };
  const attach = (uri: string, name: string) =>
    take(async () => void (await attachFiles([fileOf(await readMcp(id, { do: 'read', uri }), name)])));
  const insert = (name: string, names: readonly string[]) =>
    take(async () => {
      const given = Object.fromEntries(names.map((one) => [one, args[`${name} ${one}`] ?? '']));
      const { content } = await readMcp(id, { do: 'prompt', name, args: given });
      await addToDraft(content.flatMap((one) => (one.kind === 'text' ? [one.text] : [])).join('\n\n'));
    });
  return (
    <>
      {error && <ErrorCard error={error} onDismiss={() => setError(null)} />}
      {listing.resources.length > 0 && (
        <details className={styles.secrets}>
          <summary>{t('resources')}</summary>
          <ul className={`${rowStyles.rows} ${styles.scrolls}`}>
            {listing.resources.map(({ uri, name, description }) => (
              <li key={uri} className={rowStyles.row}>
                <div className={rowStyles.rowText}>
                  <span className={rowStyles.rowName}>{name}</span>
                  <span className="quiet">{description || uri}</span>
                </div>
                <IconButton
                  name={t('attach', { name })}
                  icon={<AttachIcon />}
                  onClick={() => void attach(uri, name)}
                />
              </li>
            ))}
          </ul>
        </details>
      )}
      {listing.prompts.length > 0 && (
        <details className={styles.secrets}>
          <summary>{t('prompts')}</summary>
          <ul className={`${styles.list} ${styles.scrolls}`}>
            {listing.prompts.map((prompt) => (
              <li key={prompt.name} className={styles.item}>
                <div className={rowStyles.rowText}>
                  <span className={rowStyles.rowName}>{prompt.name}</span>
                  <span className="quiet">{prompt.description}</span>
                </div>
                {prompt.args.map(({ name }) => (
                  <Field
                    key={name}
                    label={name}
                    value={args[`${prompt.name} ${name}`] ?? ''}
                    onChange={(value) => setArgs({ ...args, [`${prompt.name} ${name}`]: value })}
                  />
                ))}
                <div className={styles.buttons}>
                  <button
                    type="button"
                    className="button small"
                    onClick={() =>
                      void insert(
                        prompt.name,
                        prompt.args.map(({ name }) => name),
                      )
                    }
                  >
                    <PlusIcon />
                    {t('insert', { name: prompt.name })}
                  </button>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
