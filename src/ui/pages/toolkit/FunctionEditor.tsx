import { useMemo, useState } from 'react';
import type { CheckedFunction, StoredFunction } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { faultText } from '../../i18n/faultTexts';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useApp, useTextsOf } from '../../useApp';
import { draftOf, NEW_DRAFT, type FunctionDraft } from './draft';
import { Field } from './Field';
import { SecretFields } from './SecretFields';
import { ToolDialog } from './ToolDialog';
import { Trial } from './Trial';
import { checkDraft, useChecked, type Check } from './useChecked';
import { useCost } from './useCost';
import styles from './toolkit.module.css';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const useToolkitText = () => useTextsOf(TOOLKIT_TEXTS);

/** Writes a function, checks it while it is written, tries it and keeps it. */
export default function FunctionEditor({
  edited,
  onClose,
}: {
  edited: StoredFunction | null;
  onClose: () => void;
}) {
  const { t } = useToolkitText();
  const keepFunctions = useApp((s) => s.toolkit.keepFunctions);
  const saveSecret = useApp((s) => s.toolkit.saveSecret);
  const [draft, setDraft] = useState<FunctionDraft>(edited ? draftOf(edited) : NEW_DRAFT);
  const taken = useApp((s) =>
    s.kit.functions.some(({ name }) => name === draft.name && name !== edited?.name),
  );
  const [typed, setTyped] = useState<Record<string, string>>({});
  const { check, last } = useChecked(draft, edited ?? undefined);
  const set = (key: keyof FunctionDraft) => (value: string) => setDraft({ ...draft, [key]: value });
  /** The function as it stands, with its secrets kept; undefined while it is wrong. */
  const checkNow = async (): Promise<CheckedFunction | undefined> => {
    const now = await checkDraft(draft, edited ?? undefined);
    if (now.state !== 'right') return undefined;
    const { secrets, origin = '' } = now.checked;
    for (const name of secrets) if (typed[name]) await saveSecret({ name, value: typed[name], origin });
    return now.checked;
  };
  const save = async () => {
    const now = await checkNow();
    if (!now) return;
    await keepFunctions([now.made], edited?.name);
    onClose();
  };
  return (
    <ToolDialog
      title={edited ? t('editFunction', { name: edited.name }) : t('newFunction')}
      form={t('newFunction')}
      onClose={onClose}
      action={{ label: t('save'), disabled: check.state === 'wrong', run: () => void save() }}
    >
      <Field
        label={t('name')}
        value={draft.name}
        onChange={set('name')}
        hint={taken ? t('taken') : t('nameHint')}
        code
        focus
      />
      <Field
        label={t('description')}
        value={draft.description}
        onChange={set('description')}
        hint={t('descriptionHint')}
      />
      <Field
        label={t('parameters')}
        value={draft.parameters}
        onChange={set('parameters')}
        hint={t('parametersHint')}
        rows={Math.min(14, Math.max(5, draft.parameters.split('\n').length))}
        code
      />
      <SelectField
        label={t('kind')}
        value={draft.kind}
        hint={t(draft.kind === 'js' ? 'jsHint' : 'httpHint')}
        onChange={set('kind')}
      >
        <option value="js">{t('kindJs')}</option>
        <option value="http">{t('kindHttp')}</option>
      </SelectField>
      {draft.kind === 'js' ? (
        <Field
          label={t('code')}
          value={draft.js}
          onChange={set('js')}
          rows={Math.min(20, Math.max(5, draft.js.split('\n').length))}
          code
        />
      ) : (
        <HttpFields draft={draft} set={set} />
      )}
      <CheckNote check={check} />
      {last && (
        <SecretFields
          checked={last}
          typed={typed}
          onType={(name, value) => setTyped({ ...typed, [name]: value })}
        />
      )}
      {last && isKind(last, draft.kind) && <Trial key={draft.kind} checked={last} checkNow={checkNow} />}
    </ToolDialog>
  );
}

function HttpFields({
  draft,
  set,
}: {
  draft: FunctionDraft;
  set: (key: keyof FunctionDraft) => (value: string) => void;
}) {
  const { t } = useToolkitText();
  return (
    <>
      <div className={styles.method}>
        <SelectField label={t('method')} value={draft.method} onChange={set('method')}>
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </SelectField>
        <Field
          label={t('url')}
          value={draft.url}
          onChange={set('url')}
          placeholder="https://api.example.org/{city}"
          hint={t('urlHint', { arg: '{city}', secret: '{{KEY}}' })}
          code
        />
      </div>
      <Field
        label={t('headers')}
        value={draft.headers}
        onChange={set('headers')}
        placeholder="Authorization: Bearer {{KEY}}"
        hint={t('headersHint')}
        rows={2}
        code
      />
      {!['GET', 'HEAD', 'DELETE'].includes(draft.method) && (
        <Field
          label={t('body')}
          value={draft.body}
          onChange={set('body')}
          placeholder={'{"q": {text}}'}
          hint={t('bodyHint')}
          rows={3}
          code
        />
      )}
    </>
  );
}

const isKind = ({ made }: CheckedFunction, kind: FunctionDraft['kind']): boolean =>
  (made.http !== undefined) === (kind === 'http');

/** What is wrong; or what is checked when, and what it costs. */
function CheckNote({ check }: { check: Check }) {
  const { t, language } = useToolkitText();
  const made = check.state === 'right' ? check.checked.made : undefined;
  const tokens = useCost(useMemo(() => (made ? [made] : []), [made]));
  return (
    <div role="status" className={styles.note}>
      {check.state === 'wrong' && (
        <p className="warn">{t('wrong', { where: check.where, why: faultText(check.why, language) })}</p>
      )}
      {check.state === 'right' && (
        <>
          <p className="quiet">
            {check.checked.later.length > 0
              ? t('later', { where: check.checked.later.join(', ') })
              : t('exact')}
          </p>
          {tokens !== undefined && <p className="quiet">{t('cost', { count: tokens })}</p>}
        </>
      )}
      {check.state === 'right' && check.checked.isPrivate && (
        <p className="warn">{t('privateHost', { host: check.checked.host ?? '' })}</p>
      )}
    </div>
  );
}
