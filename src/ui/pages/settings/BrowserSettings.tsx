import { useEffect, useId, useState } from 'react';
import {
  baseAddress,
  ENGINES,
  listKeptPages,
  READERS,
  removeKeptPage,
  SEARCHES,
  type BrowserChoice,
  type KeptPage,
} from '../../../store';
import { IconButton } from '../../controls/IconButton';
import { TrashIcon } from '../../controls/icons';
import { SelectField } from '../../controls/SelectField';
import { BROWSER_TEXTS } from '../../i18n/browserTexts';
import { useApp, useTextsOf } from '../../useApp';
import rowStyles from '../../controls/rows.module.css';
import fieldStyles from '../../controls/fields.module.css';
import styles from './ToolSettings.module.css';

/** Where the browser searches and what reads other pages. */
export function BrowserSettings() {
  const { t } = useTextsOf(BROWSER_TEXTS);
  const browser = useApp((s) => s.preferences.browser);
  const setPreferences = useApp((s) => s.page.setPreferences);
  const change = (next: Partial<BrowserChoice>) => setPreferences({ browser: { ...browser, ...next } });
  const { search, reader, engine } = browser;
  const usesRelay = search === 'relay' || reader === 'relay';
  return (
    <details className={styles.parts}>
      <summary>{t('where')}</summary>
      <SelectField
        label={t('search')}
        value={search}
        hint={t(`${search}Hint`)}
        onChange={(value) => change({ search: value as BrowserChoice['search'] })}
      >
        {SEARCHES.map((name) => (
          <option key={name} value={name}>
            {t(name)}
          </option>
        ))}
      </SelectField>
      {search === 'wiki' && (
        <AddressField label={t('address')} value={browser.wiki} onChange={(wiki) => change({ wiki })} />
      )}
      {search === 'searxng' && (
        <AddressField
          label={t('address')}
          value={browser.searxng}
          onChange={(searxng) => change({ searxng })}
        />
      )}
      {search !== 'saved' && (
        <SelectField
          label={t('reader')}
          value={reader}
          hint={t('readerHint')}
          onChange={(value) => change({ reader: value as BrowserChoice['reader'] })}
        >
          {READERS.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </SelectField>
      )}
      {usesRelay && (
        <AddressField
          label={t('relayAddress')}
          value={browser.relay}
          onChange={(relay) => change({ relay })}
        />
      )}
      {search === 'relay' && (
        <SelectField
          label={t('engine')}
          value={engine}
          onChange={(value) => change({ engine: value as BrowserChoice['engine'] })}
        >
          {ENGINES.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </SelectField>
      )}
      <KeptPages />
    </details>
  );
}

/** Pages that the user keeps, each with a button that deletes it. */
function KeptPages() {
  const { t } = useTextsOf(BROWSER_TEXTS);
  const [pages, setPages] = useState<KeptPage[]>([]);
  const look = () => listKeptPages().then(setPages, () => undefined);
  useEffect(() => void look(), []);
  if (pages.length === 0) return null;
  return (
    <>
      <p className="quiet">{t('keptPages', { count: pages.length })}</p>
      <ul className={rowStyles.rows}>
        {pages.map(({ url, title }) => (
          <li key={url} className={rowStyles.row}>
            <div className={rowStyles.rowText}>
              <span className={rowStyles.rowName}>{title}</span>
              <span className="quiet">{new URL(url).host}</span>
            </div>
            <IconButton
              name={t('delete', { name: title })}
              icon={<TrashIcon />}
              onClick={() => void removeKeptPage(url).then(look)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

interface AddressFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** An address, taken over when the field is left. */
function AddressField({ label, value, onChange }: AddressFieldProps) {
  const { t } = useTextsOf(BROWSER_TEXTS);
  const [text, setText] = useState(value);
  const id = useId();
  const isBad = text.trim() !== '' && baseAddress(text) === '';
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="url"
        inputMode="url"
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        placeholder="https://"
        value={text}
        aria-invalid={isBad}
        aria-describedby={isBad ? `${id}-bad` : undefined}
        onChange={({ target }) => setText(target.value)}
        onBlur={() => onChange(isBad ? '' : text.trim())}
        onKeyDown={({ key }) => key === 'Enter' && onChange(isBad ? '' : text.trim())}
      />
      {isBad && (
        <p className="quiet" id={`${id}-bad`}>
          {t('badAddress')}
        </p>
      )}
    </div>
  );
}
