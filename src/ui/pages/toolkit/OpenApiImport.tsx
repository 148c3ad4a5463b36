import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { toWireError, type WireError } from '../../../shared/errors';
import {
  addressFault,
  fetchOpenApi,
  operationsOf,
  readOpenApi,
  type Converted,
  type OpenApiDocument,
  type UserFunction,
} from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { Modal } from '../../controls/Modal';
import { SelectField } from '../../controls/SelectField';
import { faultText } from '../../i18n/faultTexts';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import { FileButton } from './FileButton';
import { SecretFields } from './SecretFields';
import { JsonDetails, TickedItem } from './TickedItem';
import { ToolDialog } from './ToolDialog';
import { useCost } from './useCost';
import styles from './toolkit.module.css';

/** Adds operations of an OpenAPI document, each ticked by hand. */
export default function OpenApiImport({ onClose }: { onClose: () => void }) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const [document, setDocument] = useState<OpenApiDocument | null>(null);
  if (document) return <Operations document={document} onClose={onClose} />;
  return (
    <Modal title={t('addApi')} side="center" wide onClose={onClose}>
      <Source onRead={setDocument} />
    </Modal>
  );
}

/** Where the document is: an address or a file. */
function Source({ onRead }: { onRead: (document: OpenApiDocument) => void }) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const [address, setAddress] = useState('');
  const [error, setError] = useState<WireError | null>(null);
  const [busy, setBusy] = useState(false);
  const read = async (reading: Promise<OpenApiDocument>) => {
    setBusy(true);
    setError(null);
    await reading.then(onRead, (failure: unknown) => setError(toWireError(failure)));
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void read(fetchOpenApi(address.trim()));
      }}
    >
      <p>{t('apiHint')}</p>
      <Field
        type="url"
        label={t('apiAddress')}
        value={address}
        placeholder="https://api.example.org/openapi.yaml"
        onChange={setAddress}
        focus
        code
      />
      {error && <ErrorCard error={error} onDismiss={() => setError(null)} />}
      <div className={styles.buttons}>
        <button type="submit" className="button primary" disabled={busy || address.trim() === ''}>
          {t('apiFetch')}
        </button>
        <FileButton
          label={t('apiFile')}
          accept=".json,.yaml,.yml,application/json,application/yaml"
          mark="data-openapi"
          disabled={busy}
          onFile={(file) => void read(file.text().then((text) => readOpenApi(text, file.name)))}
        />
      </div>
    </form>
  );
}

const OTHER = '';

/** The base address, the operations with their costs, and the secrets that they need. */
function Operations({ document, onClose }: { document: OpenApiDocument; onClose: () => void }) {
  const { t, language } = useTextsOf(TOOLKIT_TEXTS);
  const kept = useApp((s) => s.kit.functions);
  const keepFunctions = useApp((s) => s.toolkit.keepFunctions);
  const saveSecret = useApp((s) => s.toolkit.saveSecret);
  const [server, setServer] = useState(document.servers[0] ?? OTHER);
  const [other, setOther] = useState('');
  const [fault, setFault] = useState<string>();
  const [converted, setConverted] = useState<Converted[]>([]);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [filter, setFilter] = useState('');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const base = server || other.trim();
  useEffect(() => {
    let current = true;
    void (async () => {
      const found = await addressFault(base);
      const names = kept.map(({ name }) => name);
      const made = await operationsOf(document, found === undefined ? base : 'https://api.invalid', names);
      if (!current) return;
      setFault(found);
      setConverted(made);
    })();
    return () => void (current = false);
  }, [document, base, kept]);
  const chosen = useMemo(
    () => converted.flatMap((one) => ('made' in one && ticked.includes(one.operation.id) ? [one.made] : [])),
    [converted, ticked],
  );
  const tokens = useCost(chosen);
  const words = filter.toLowerCase();
  const shown = converted.filter(({ operation: { id, summary } }) =>
    `${id} ${summary}`.toLowerCase().includes(words),
  );
  const origin = fault === undefined && URL.canParse(base) ? new URL(base).origin : '';
  const secrets = [...new Set(chosen.flatMap(({ http }) => namesOf(http)))];
  const add = async () => {
    for (const name of secrets) if (typed[name]) await saveSecret({ name, value: typed[name], origin });
    await keepFunctions(chosen);
    onClose();
  };
  return (
    <ToolDialog
      title={`${document.title} ${document.version}`.trim()}
      onClose={onClose}
      action={{
        label: t('add', { count: chosen.length }),
        disabled: chosen.length === 0 || origin === '',
        run: () => void add(),
      }}
    >
      <SelectField label={t('base')} value={server} hint={t('baseHint')} onChange={setServer}>
        {document.servers.map((url) => (
          <option key={url}>{url}</option>
        ))}
        <option value={OTHER}>{t('otherBase')}</option>
      </SelectField>
      {server === OTHER && (
        <Field
          type="url"
          label={t('otherBase')}
          value={other}
          onChange={setOther}
          placeholder="https://api.example.org/v1"
          code
        />
      )}
      {fault !== undefined && base !== '' && <p className="warn">{faultText(fault, language)}</p>}
      {converted.length > 8 && <Field label={t('filter')} value={filter} onChange={setFilter} />}
      <ul className={`${styles.list} ${styles.scrolls}`} aria-label={t('operations')}>
        {shown.map((one) => (
          <Operation
            key={one.operation.id}
            one={one}
            ticked={ticked.includes(one.operation.id)}
            onTick={(isTicked) =>
              setTicked(
                isTicked ? [...ticked, one.operation.id] : ticked.filter((id) => id !== one.operation.id),
              )
            }
          />
        ))}
      </ul>
      <p className={`quiet ${styles.note}`} role="status">
        {tokens === undefined
          ? t('operationsChosenOnly', { count: chosen.length })
          : t('operationsChosen', { count: chosen.length, tokens })}
      </p>
      <SecretFields
        checked={{ secrets, origin, host: origin && new URL(origin).host }}
        typed={typed}
        onType={(name, value) => setTyped({ ...typed, [name]: value })}
      />
    </ToolDialog>
  );
}

const namesOf = (http: UserFunction['http']): string[] =>
  [...JSON.stringify(http ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);

function Operation({
  one,
  ticked,
  onTick,
}: {
  one: Converted;
  ticked: boolean;
  onTick: (ticked: boolean) => void;
}) {
  const { t, language } = useTextsOf(TOOLKIT_TEXTS);
  const { method, path, summary } = one.operation;
  const made = 'made' in one ? one.made : undefined;
  return (
    <TickedItem label={`${method.toUpperCase()} ${path}`} checked={ticked} disabled={!made} onChange={onTick}>
      <p>{summary}</p>
      {'why' in one && <p className="quiet">{t('unusable', { why: faultText(one.why, language) })}</p>}
      {made && (
        <JsonDetails
          label={t('details')}
          value={{ name: made.name, parameters: made.parameters, http: made.http }}
        />
      )}
    </TickedItem>
  );
}
