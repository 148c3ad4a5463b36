import { useShallow } from 'zustand/react/shallow';
import type { FontSize, LanguageChoice, ThemeChoice } from '../../../store';
import { useApp, useText } from '../../useApp';
import { Choice } from '../../controls/Choice';
import { InstallIcon } from '../../controls/icons';
import fieldStyles from '../../controls/fields.module.css';

/** Language, theme, font size, installation. */
export function PageSettings() {
  const { t } = useText();
  const { language, theme, fontSize } = useApp(
    useShallow(({ preferences: { language, theme, fontSize } }) => ({ language, theme, fontSize })),
  );
  const sizes: { value: FontSize; label: string }[] = [
    { value: 'small', label: t('settings.sizeSmall') },
    { value: 'normal', label: t('settings.sizeNormal') },
    { value: 'large', label: t('settings.sizeLarge') },
  ];
  const setPreferences = useApp((s) => s.page.setPreferences);
  const languages: { value: LanguageChoice; label: string }[] = [
    { value: 'auto', label: t('settings.languageAuto') },
    { value: 'zh-CN', label: '中文' },
    { value: 'en', label: 'English' },
  ];
  const themes: { value: ThemeChoice; label: string }[] = [
    { value: 'system', label: t('settings.themeSystem') },
    { value: 'light', label: t('settings.themeLight') },
    { value: 'dark', label: t('settings.themeDark') },
  ];
  return (
    <section aria-label={t('settings.page')}>
      <h3>{t('settings.page')}</h3>
      <Choice
        legend={t('settings.language')}
        name="language"
        value={language}
        options={languages}
        onChange={(choice) => setPreferences({ language: choice })}
      />
      <Choice
        legend={t('settings.theme')}
        name="theme"
        value={theme}
        options={themes}
        onChange={(choice) => setPreferences({ theme: choice })}
      />
      <Choice
        legend={t('settings.fontSize')}
        name="font-size"
        value={fontSize}
        options={sizes}
        onChange={(choice) => setPreferences({ fontSize: choice })}
      />
      <InstallButton />
    </section>
  );
}

/** Shown while the browser offers to install the app. */
function InstallButton() {
  const { t } = useText();
  const installable = useApp((s) => s.app.installable);
  const installApp = useApp((s) => s.page.installApp);
  if (!installable) return null;
  return (
    <div className={fieldStyles.field}>
      <button type="button" className="button wide" aria-describedby="install-hint" onClick={installApp}>
        <InstallIcon />
        {t('install.button')}
      </button>
      <p className="quiet" id="install-hint">
        {t('install.hint')}
      </p>
    </div>
  );
}
