import { useEffect, useState } from 'react';
import { checkFunction, type CheckedFunction, type UserFunction } from '../../../store';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useApp, useTextsOf } from '../../useApp';
import { JsonDetails, TickedItem } from './TickedItem';
import { ToolDialog } from './ToolDialog';
import styles from './toolkit.module.css';

/** Shows all of what functions from a file do, before they are kept. */
export default function FunctionReview() {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const review = useApp((s) => s.kit.functionReview);
  const reviewFunctions = useApp((s) => s.toolkit.reviewFunctions);
  const keepFunctions = useApp((s) => s.toolkit.keepFunctions);
  const [left, setLeft] = useState<readonly string[]>([]);
  if (!review) return null;
  const { source, functions } = review;
  const chosen = functions.filter(({ name }) => !left.includes(name));
  const close = () => reviewFunctions(null);
  return (
    <ToolDialog
      title={t('review', { source })}
      onClose={close}
      action={{
        label: t('keep', { count: chosen.length }),
        disabled: chosen.length === 0,
        run: () => void keepFunctions(chosen),
      }}
    >
      <p>{t('reviewHint', { secret: '{{…}}' })}</p>
      <ul className={styles.list}>
        {functions.map((made) => (
          <Reviewed
            key={made.name}
            made={made}
            chosen={!left.includes(made.name)}
            onChoose={(isChosen) =>
              setLeft(isChosen ? left.filter((name) => name !== made.name) : [...left, made.name])
            }
          />
        ))}
      </ul>
    </ToolDialog>
  );
}

interface ReviewedProps {
  made: UserFunction;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

function Reviewed({ made, chosen, onChoose }: ReviewedProps) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const taken = useApp((s) => s.kit.functions.some(({ name }) => name === made.name));
  const [checked, setChecked] = useState<CheckedFunction>();
  useEffect(() => {
    let current = true;
    void checkFunction(made, made.name).then((found) => current && setChecked(found));
    return () => void (current = false);
  }, [made]);
  const { name, description, parameters, js, http } = made;
  return (
    <TickedItem label={name} checked={chosen} onChange={onChoose}>
      {description && <p>{description}</p>}
      <p className="quiet">
        {http ? t('sendsTo', { host: checked?.host ?? '' }) : t('runsHere')}
        {taken && ` · ${t('taken')}`}
      </p>
      {checked?.isPrivate && <p className="warn">{t('privateHost', { host: checked.host ?? '' })}</p>}
      <pre className={styles.block} tabIndex={0} role="group" aria-label={t('code')} dir="ltr">
        {http ? JSON.stringify(http, null, 2) : js}
      </pre>
      <JsonDetails label={t('parameters')} value={parameters} />
    </TickedItem>
  );
}
