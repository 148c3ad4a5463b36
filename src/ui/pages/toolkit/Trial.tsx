import { useEffect, useRef, useState } from 'react';
import { requestText, type CheckedFunction } from '../../../store';
import { AppError, toWireError } from '../../../shared/errors';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useErrorText } from '../../useErrorText';
import { useApp, useTextsOf } from '../../useApp';
import { Field } from './Field';
import styles from './toolkit.module.css';

/** Example arguments: one of each required property. */
function exampleArgs({ properties, required }: Record<string, unknown>): string {
  const names = Array.isArray(required) ? (required as string[]) : [];
  const shapes = (properties ?? {}) as Record<
    string,
    { type?: unknown; enum?: unknown[]; default?: unknown }
  >;
  const value = (name: string): unknown => {
    const { type, enum: listed, default: usual } = shapes[name] ?? {};
    if (usual !== undefined) return usual;
    if (listed) return listed[0];
    if (type === 'integer' || type === 'number') return 1;
    if (type === 'boolean') return true;
    if (type === 'array') return [];
    return type === 'object' ? {} : '';
  };
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, value(name)])));
}

interface TrialProps {
  checked: CheckedFunction;
  /** The function as its fields have it at this moment; undefined while it is wrong. */
  checkNow: () => Promise<CheckedFunction | undefined>;
}

/** Runs the function with arguments of the user's. What would be sent is shown first. */
export function Trial({ checked: { made, host }, checkNow }: TrialProps) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const errorText = useErrorText();
  const tryFunction = useApp((s) => s.toolkit.tryFunction);
  const [args, setArgs] = useState<string | null>(null);
  const [request, setRequest] = useState('');
  const [result, setResult] = useState<{ text: string; failed: boolean } | null>(null);
  const running = useRef<AbortController | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = args ?? exampleArgs(made.parameters);
  const { http } = made;
  useEffect(() => {
    let current = true;
    if (!http) return;
    void (async () => requestText(http, JSON.parse(shown) as Record<string, unknown>))().then(
      (text) => current && setRequest(text),
      (error: unknown) => current && setRequest(error instanceof Error ? error.message : ''),
    );
    return () => void (current = false);
  }, [http, shown]);
  useEffect(() => () => running.current?.abort(), []);
  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    setResult(null);
    try {
      JSON.parse(shown);
      const now = await checkNow();
      if (!now) return;
      const { observation, failed = false } = await tryFunction(now.made, shown, controller.signal);
      setResult({ text: observation, failed });
    } catch (error) {
      if (controller.signal.aborted) return;
      const text =
        error instanceof AppError
          ? errorText(toWireError(error)).what
          : t('wrongArgs', { why: (error as Error).message });
      setResult({ text, failed: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={styles.trial} aria-label={t('try')}>
      <h3>{t('try')}</h3>
      <Field label={t('tryArgs')} value={shown} onChange={setArgs} rows={2} code />
      {http && request && (
        <pre className={styles.block} tabIndex={0} aria-label={t('willSend')} dir="ltr">
          {request}
        </pre>
      )}
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          onClick={() => (busy ? running.current?.abort() : void run())}
        >
          {busy ? t('stop') : http ? `${t('send')} (${host})` : t('run')}
        </button>
      </div>
      <div role="status">
        {result && (
          <pre className={styles.block} tabIndex={0} aria-label={t('result')} dir="auto">
            {result.failed ? '⚠ ' : ''}
            {result.text.slice(0, 20_000)}
          </pre>
        )}
      </div>
    </section>
  );
}
