import { useId } from 'react';
import {
  answerSettings,
  isSmallModel,
  takesChosenTools,
  whyNoTools,
  type ToolChoice,
} from '../../../../store';
import { TOOL_TEXTS } from '../../../i18n/toolTexts';
import { useApp, useTextsOf } from '../../../useApp';
import { FieldPanel, type FieldPanelProps } from '../composer/FieldPanel';
import { toolName, useCallText } from '../calls/callState';
import { useToolsOn } from './useTools';
import styles from './ToolsPanel.module.css';

/** Twin of FEW in src/agent/smallModel.ts. */
const FEW = 3;

/** Switches for the chat's tools, above the message field. Escape and a press elsewhere close it. */
export default function ToolsPanel({ anchor, onClose }: FieldPanelProps) {
  const { t } = useTextsOf(TOOL_TEXTS);
  const tools = useApp((s) => s.tools);
  const openDialog = useApp((s) => s.page.openDialog);
  return (
    <FieldPanel anchor={anchor} onClose={onClose} title={t('title')} focus="input:not(:disabled), button">
      <WhyNone />
      <ul>
        {tools.map((tool) => (
          <ToolSwitch key={tool.name} tool={tool} />
        ))}
      </ul>
      <button
        type="button"
        className="text-button"
        onClick={() => {
          onClose();
          openDialog('settings');
        }}
      >
        {t('settings')}
      </button>
    </FieldPanel>
  );
}

/** Why the chat calls no tools, and the way out. */
function WhyNone() {
  const { t } = useTextsOf(TOOL_TEXTS);
  const why = useApp(whyNoTools);
  const name = useApp((s) => s.model.info?.name ?? '');
  const count = useApp((s) => s.model.info?.contextTokens ?? 0);
  const openModels = useApp((s) => s.openModels);
  const isSmall = useApp(isSmallModel);
  const areChosen = useApp(takesChosenTools);
  const functions = useApp((s) => s.tools.filter(({ kind }) => kind === 'function').length);
  const what = areChosen ? 'chosen' : isSmall && functions > FEW ? 'few' : 'what';
  if (!why) return <p className="quiet">{t(what, { name })}</p>;
  return (
    <p className={styles.why}>
      {t(why, { name, count })}{' '}
      {why === 'noModel' && (
        <button type="button" className="text-button" onClick={() => openModels()}>
          {t('choose')}
        </button>
      )}
    </p>
  );
}

/** One tool: its name, what it does, and a switch. */
function ToolSwitch({ tool }: { tool: ToolChoice }) {
  const { t } = useTextsOf(TOOL_TEXTS);
  const callTexts = useCallText();
  const on = useToolsOn();
  const chosen = useApp((s) => answerSettings(s).tools);
  const all = useApp((s) => s.tools);
  const areChosen = useApp(takesChosenTools);
  const setChatTools = useApp((s) => s.setChatTools);
  const { name, available, why, reach } = tool;
  const id = useId();
  const change = (isOn: boolean) => {
    const usual = areChosen ? [] : all.filter(({ byChoice }) => !byChoice);
    const before = chosen ?? usual.map((one) => one.name);
    setChatTools(isOn ? [...before, name] : before.filter((one) => one !== name));
  };
  return (
    <li className={styles.tool}>
      <label htmlFor={id}>
        <span className={styles.name}>
          {toolName(name, callTexts.t)}
          {reach === 'sends' && <span className="badge plain">{t('sends')}</span>}
        </span>
        <span className={styles.about} id={`${id}-about`}>
          {why ??
            (name === 'python' || name === 'simple_browser' || name === 'cogview' || name === 'remember'
              ? t(name)
              : tool.description)}
        </span>
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        aria-describedby={`${id}-about`}
        checked={on.includes(name)}
        disabled={!available}
        onChange={({ target }) => change(target.checked)}
      />
    </li>
  );
}
