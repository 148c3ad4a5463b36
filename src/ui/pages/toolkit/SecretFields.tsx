import type { CheckedFunction } from '../../../store';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';

interface SecretFieldsProps {
  checked: Pick<CheckedFunction, 'secrets' | 'host' | 'origin'>;
  typed: Record<string, string>;
  onType: (name: string, value: string) => void;
}

/** A field for each secret of a function. What is stored is not shown. */
export function SecretFields({ checked: { secrets, host = '', origin }, typed, onType }: SecretFieldsProps) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const kept = useApp((s) => s.kit.secrets);
  return secrets.map((name) => (
    <Field
      key={name}
      type="password"
      label={t('secretValue', { name })}
      value={typed[name] ?? ''}
      placeholder={
        kept.some((one) => one.name === name && one.origin === origin) ? t('secretKept') : undefined
      }
      hint={t('secretHint', { host })}
      onChange={(value) => onType(name, value)}
    />
  ));
}
