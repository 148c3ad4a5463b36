import { useEffect, useState } from 'react';
import { mcpChanges, type McpListing, type PinnedTool } from '../../../store';
import { SERVICE_TEXTS } from '../../i18n/serviceTexts';
import { useTextsOf } from '../../useApp';
import { JsonDetails, TickedItem } from './TickedItem';
import styles from './toolkit.module.css';

interface McpToolsProps {
  listing: McpListing;
  approved: readonly PinnedTool[];
  /** Names as the server has them. */
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
}

/** The tools of a server in its own words, to be approved one by one. */
export function McpTools({ listing, approved, chosen, onChoose }: McpToolsProps) {
  const { t } = useTextsOf(SERVICE_TEXTS);
  const [changed, setChanged] = useState<readonly string[]>([]);
  useEffect(() => {
    let current = true;
    void mcpChanges(listing, approved).then((names) => current && setChanged(names));
    return () => void (current = false);
  }, [listing, approved]);
  if (listing.tools.length === 0) return null;
  return (
    <div role="group" aria-label={t('tools')} className={styles.secrets}>
      <h3>{t('tools')}</h3>
      <p className="quiet">{t('toolsHint')}</p>
      <ul className={`${styles.list} ${styles.scrolls}`}>
        {listing.tools.map(({ name, description, schema }) => (
          <TickedItem
            key={name}
            label={name}
            checked={chosen.includes(name)}
            onChange={(checked) =>
              onChoose(checked ? [...chosen, name] : chosen.filter((one) => one !== name))
            }
          >
            {changed.includes(name) && (
              <>
                <p className="warn">{t('changed')}</p>
                <p className="quiet">
                  {t('before', {
                    text: approved.find(({ original }) => original === name)?.description ?? '',
                  })}
                </p>
              </>
            )}
            <p>{description}</p>
            <JsonDetails label={t('parameters')} value={schema} />
          </TickedItem>
        ))}
      </ul>
    </div>
  );
}
