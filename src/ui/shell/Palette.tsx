import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useApp, useText } from '../useApp';
import { useRoving } from '../controls/useRoving';
import { usePaletteItems, type PaletteItem } from './usePaletteItems';
import { SearchIcon } from '../controls/icons';
import modalStyles from '../controls/Modal.module.css';
import styles from './Palette.module.css';

/** Ctrl/⌘+K: searches chats and messages, and runs actions of the page. A combobox with a list box. */
export default function Palette({ onImport }: { onImport: () => void }) {
  const { t } = useText();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const searchReady = useApp((s) => s.searchReady);
  const prepareSearch = useApp((s) => s.prepareSearch);
  const groups = usePaletteItems(query, onImport);
  const items = groups.flatMap((group) => group.items);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const base = useId();
  const optionId = (item: PaletteItem) => `${base}-${item.id}`;
  const chosen = items[Math.min(active, items.length - 1)];

  useEffect(() => {
    // Again where an import, or another tab, has changed many chats meanwhile.
    if (searchReady === null) void prepareSearch();
  }, [prepareSearch, searchReady]);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const chosenId = chosen && optionId(chosen);
  useEffect(() => {
    if (chosenId) document.getElementById(chosenId)?.scrollIntoView({ block: 'nearest' });
  }, [chosenId]);

  const run = (item: PaletteItem) => {
    closeDialog();
    item.run();
  };
  const roving = useRoving({
    count: items.length,
    active: items.indexOf(chosen),
    onActive: setActive,
    axis: 'vertical',
    wrap: true,
    page: 8,
    ends: false, // the text field needs Home and End
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (items.length === 0 || roving.onKeyDown(event)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <dialog
      ref={dialog}
      className={`${modalStyles.modal} ${styles.palette}`}
      aria-label={t('palette.title')}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) closeDialog();
      }}
    >
      <div className={styles.body}>
        <div className={styles.field}>
          <SearchIcon />
          <input
            type="text"
            role="combobox"
            aria-expanded={items.length > 0}
            aria-controls={`${base}-list`}
            aria-activedescendant={chosenId}
            aria-autocomplete="list"
            aria-label={t('palette.title')}
            placeholder={t('palette.placeholder')}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            value={query}
            onChange={({ target }) => {
              setQuery(target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <kbd>Esc</kbd>
        </div>
        <div
          ref={list}
          id={`${base}-list`}
          className={styles.list}
          role="listbox"
          aria-label={t('palette.results')}
        >
          {groups.map(({ name, items: members }) => (
            <div key={name} role="group" aria-label={t(name)}>
              <p className={styles.group} aria-hidden="true">
                {t(name)}
              </p>
              {members.map((item) => (
                <div
                  key={item.id}
                  id={optionId(item)}
                  role="option"
                  aria-selected={item === chosen}
                  className={styles.item}
                  onPointerMove={() => setActive(items.indexOf(item))}
                  onClick={() => run(item)}
                >
                  {item.icon}
                  <span className={styles.text}>
                    <span className={styles.label}>{item.label}</span>
                    {item.detail && <span className={styles.detail}>{item.detail}</span>}
                  </span>
                  {item.keys && <kbd>{item.keys}</kbd>}
                </div>
              ))}
            </div>
          ))}
        </div>
        <p className={styles.foot} role="status">
          {searchReady !== 1 && query
            ? t('palette.reading')
            : items.length === 0
              ? t('palette.nothing')
              : query && t('palette.count', { count: items.length })}
        </p>
      </div>
    </dialog>
  );
}
