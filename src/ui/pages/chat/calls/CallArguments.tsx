import { memo, useMemo } from 'react';
import type { CallPart } from '../../../../store';
import { CopyButton } from '../../../controls/CopyButton';
import { IconButton } from '../../../controls/IconButton';
import { PencilIcon } from '../../../controls/icons';
import { Coloured } from '../answer/blocks/CodeBlock';
import { isPython, toolName, useCallText } from './callState';
import styles from './CallArguments.module.css';

/** Arguments as they are easiest to read: JSON with line breaks, anything else as the model wrote it. */
function readable(args: string): { code: string; language: string } {
  try {
    return { code: JSON.stringify(JSON.parse(args), null, 2), language: 'json' };
  } catch {
    return { code: args, language: /^\s*[{[]/.test(args) ? 'json' : '' };
  }
}

/** A fence around the code belongs to the model's habits, not to the code. */
const withoutFence = (code: string): string =>
  /^\s*```[a-z]*\n([\s\S]*?)(?:\n?```\s*)?$/.exec(code)?.[1] ?? code;

interface CallArgumentsProps {
  call: CallPart;
  live: boolean;
  /** Opens the code for editing; missing where it cannot be. */
  onEdit?: () => void;
}

/** What the model wrote for the tool: code in colours, JSON with line breaks. */
export const CallArguments = memo(function CallArguments({ call, live, onEdit }: CallArgumentsProps) {
  const { t } = useCallText();
  const python = isPython(call);
  const { code, language } = useMemo(
    () => (python ? { code: withoutFence(call.args), language: 'python' } : readable(call.args)),
    [python, call.args],
  );
  if (!code.trim()) return null;
  return (
    <div className={call.state === 'asks' ? `${styles.code} ${styles.whole}` : styles.code}>
      <pre
        tabIndex={0}
        role="group"
        dir="ltr"
        translate="no"
        aria-label={t(python ? 'code' : 'args', { tool: toolName(call.tool, t) })}
      >
        <code>
          <Coloured code={code} language={language} live={live} />
        </code>
      </pre>
      {!live && (
        <div className={styles.actions}>
          {onEdit && <IconButton name={t('edit')} icon={<PencilIcon />} onClick={onEdit} />}
          <CopyButton text={() => code} label={t(python ? 'copyCode' : 'copyArgs')} doneLabel={t('copied')} />
        </div>
      )}
    </div>
  );
});
