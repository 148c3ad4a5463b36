import { useApp, useText, type TextKey } from '../../../useApp';
import { Modal } from '../../../controls/Modal';
import { COMMAND_HELP } from './commands';
import styles from './HelpDialog.module.css';

const KEYS: [keys: string, what: TextKey][] = [
  ['Enter', 'settings.keySend'],
  ['Shift + Enter', 'settings.keyLine'],
  ['Esc', 'settings.keyStop'],
  ['Ctrl / ⌘ + Shift + O', 'settings.keyNew'],
  ['Ctrl / ⌘ + K', 'palette.title'],
  ['/', 'help.slash'],
];

/** Keys and commands. */
export default function HelpDialog() {
  const { t } = useText();
  const close = useApp((s) => s.page.closeDialog);
  return (
    <Modal title={t('help.title')} side="center" onClose={close}>
      <section>
        <h3>{t('settings.shortcuts')}</h3>
        <dl className={styles.helpList}>
          {KEYS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{t(what)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h3>{t('slash.label')}</h3>
        <dl className={styles.helpList}>
          {COMMAND_HELP.map(({ name, what }) => (
            <div key={name}>
              <dt>
                <kbd>/{name}</kbd>
              </dt>
              <dd>{t(what)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h3>{t('attach.add')}</h3>
        <p className="quiet">{t('help.files')}</p>
      </section>
    </Modal>
  );
}
