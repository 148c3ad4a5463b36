import { useId, useState } from 'react';
import type { ToolChoice } from '../../../store';
import { IconButton } from '../../controls/IconButton';
import { TrashIcon } from '../../controls/icons';
import { TOOL_TEXTS } from '../../i18n/toolTexts';
import { useApp, useTextsOf } from '../../useApp';
import { PYTHON_PARTS_ID } from '../../shell/usePage';
import { toolName, useCallText } from '../chat/calls/callState';
import { BrowserSettings } from './BrowserSettings';
import { FunctionActions, Toolkit } from '../toolkit/Toolkit';
import { PythonDownload } from './PythonDownload';
import styles from './ToolSettings.module.css';

/** Tools in all chats: what each may do without asking, and the user's own functions. */
export function ToolSettings() {
  const { t } = useTextsOf(TOOL_TEXTS);
  const tools = useApp((s) => s.tools);
  return (
    <section aria-label={t('title')}>
      <h3>{t('title')}</h3>
      {tools.length > 0 && (
        <>
          <p className="quiet">{t('permissions')}</p>
          <ul className={styles.tools}>
            {tools.map((tool) => (
              <ToolRow key={tool.name} tool={tool} />
            ))}
          </ul>
        </>
      )}
      <p className={`quiet ${styles.hint}`}>{t('functionsHint')}</p>
      <Toolkit />
    </section>
  );
}

/** One tool: name, what it does, its permission; a function can be deleted. */
function ToolRow({ tool }: { tool: ToolChoice }) {
  const { t } = useTextsOf(TOOL_TEXTS);
  const callTexts = useCallText();
  const setToolPermission = useApp((s) => s.setToolPermission);
  const deleteFunction = useApp((s) => s.toolkit.deleteFunction);
  const made = useApp((s) => s.kit.functions.find((one) => one.name === tool.name));
  const { name, kind, permission, reach, description, why } = tool;
  const id = useId();
  return (
    <li className={styles.tool}>
      {tool.each ? (
        <span>{toolName(name, callTexts.t)}</span>
      ) : (
        <label htmlFor={id}>{toolName(name, callTexts.t)}</label>
      )}
      {reach === 'sends' && <span className="badge plain">{t('sends')}</span>}
      {made && <FunctionActions made={made} />}
      {kind === 'function' && made && (
        <IconButton
          name={t('delete', { name })}
          icon={<TrashIcon />}
          onClick={() => void deleteFunction(name)}
        />
      )}
      <p className="quiet" id={`${id}-about`}>
        {why ??
          (name === 'python' || name === 'simple_browser' || name === 'cogview' || name === 'remember'
            ? t(name)
            : description)}
      </p>
      {name === 'python' && <PythonParts />}
      {name === 'simple_browser' && <BrowserSettings />}
      {!tool.each && (
        <select
          id={id}
          value={permission}
          aria-describedby={`${id}-about`}
          onChange={({ target }) => setToolPermission(name, target.value === 'always' ? 'always' : 'ask')}
        >
          <option value="ask">{t('ask')}</option>
          <option value="always">{t('always')}</option>
        </select>
      )}
    </li>
  );
}

/** What Python needs from other hosts, looked up when it is opened. */
function PythonParts() {
  const { t } = useTextsOf(TOOL_TEXTS);
  const [open, setOpen] = useState(false);
  return (
    <details
      id={PYTHON_PARTS_ID}
      className={styles.parts}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{t('parts')}</summary>
      {open && <PythonDownload />}
    </details>
  );
}
