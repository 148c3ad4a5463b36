import type { ToolChoice } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { TOOL_TEXTS } from '../../i18n/toolTexts';
import { useApp, useTextsOf } from '../../useApp';
import { toolName, useCallText } from '../chat/calls/callState';

/** Tools in all chats: what each may do without asking. */
export function ToolSettings() {
  const { t } = useTextsOf(TOOL_TEXTS);
  const tools = useApp((s) => s.tools);
  if (tools.length === 0) return null;
  return (
    <section aria-label={t('title')}>
      <h3>{t('title')}</h3>
      <p className="quiet">{t('permissions')}</p>
      {tools.map((tool) => (
        <ToolPermissionField key={tool.name} tool={tool} />
      ))}
    </section>
  );
}

function ToolPermissionField({ tool: { name, permission, reach } }: { tool: ToolChoice }) {
  const { t } = useTextsOf(TOOL_TEXTS);
  const callTexts = useCallText();
  const setToolPermission = useApp((s) => s.setToolPermission);
  return (
    <SelectField
      label={toolName(name, callTexts.t)}
      value={permission}
      hint={t(reach === 'sends' ? 'sends' : 'here')}
      onChange={(value) => setToolPermission(name, value === 'always' ? 'always' : 'ask')}
    >
      <option value="ask">{t('ask')}</option>
      <option value="always">{t('always')}</option>
    </SelectField>
  );
}
