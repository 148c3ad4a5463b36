// What a tool returned: text, tables and sources in the card; pictures and files below it, also while it is folded.
import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { CallPart, ResultPart } from '../../../../store';
import { CopyButton } from '../../../controls/CopyButton';
import { formatCount } from '../../../i18n/format';
import { Coloured } from '../answer/blocks/CodeBlock';
import { Citation } from '../answer/Media';
import { FileDownload, ResultPicture, ResultVideo } from './ResultMedia';
import { ResultTable } from './ResultTable';
import { isOver, toolName, useCallText } from './callState';
import styles from './Output.module.css';

/** Characters of an output that are shown at first; the rest on request. */
const MAX_SHOWN = 20_000;
/** From this many pixels above its end on, an output that grows no longer follows it. */
const NEAR_END_PX = 40;

/** JSON with line breaks and colours; null for any other text. */
function prettyJson(text: string): string | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** A failure: the last line says what happened; the lines before it are folded. */
function Failure({ text }: { text: string }) {
  const { t } = useCallText();
  const lines = text.trimEnd().split('\n');
  const last = lines.pop() ?? '';
  const before = lines.join('\n').trim();
  const isTraceback = /^Traceback|\bFile "/m.test(before);
  return (
    <>
      <p className={styles.failure} dir="auto">
        {last}
      </p>
      {before && (
        <details className={styles.traceback}>
          <summary>{t(isTraceback ? 'traceback' : 'details')}</summary>
          <pre tabIndex={0} dir="ltr">
            {before}
          </pre>
        </details>
      )}
    </>
  );
}

/** Text as the tool wrote it. While it grows, the view stays at its end unless the reader scrolled away. */
function TextOutput({ text, live, label }: { text: string; live: boolean; label: string }) {
  const { t, language } = useCallText();
  const [whole, setWhole] = useState(false);
  const box = useRef<HTMLPreElement>(null);
  const json = useMemo(() => (live ? null : prettyJson(text)), [live, text]);
  const all = json ?? text.replace(/\n+$/, '');
  const cut = !whole && all.length > MAX_SHOWN;
  const shown = !cut ? all : live ? all.slice(-MAX_SHOWN) : all.slice(0, MAX_SHOWN);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (live && follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [live, shown]);
  return (
    <div className={styles.text}>
      <pre
        ref={box}
        tabIndex={0}
        role="group"
        dir="ltr"
        aria-label={label}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        {json !== null && !cut ? <Coloured code={shown} language="json" live={false} /> : shown}
      </pre>
      {!live && (
        <span className={styles.copy}>
          <CopyButton text={() => all} label={t('copyOutput')} doneLabel={t('copied')} />
        </span>
      )}
      {cut && !live && (
        <button type="button" className="text-button" onClick={() => setWhole(true)}>
          {t('whole', { count: formatCount(all.length, language) })}
        </button>
      )}
    </div>
  );
}

interface OutputProps {
  call: CallPart;
  result?: ResultPart;
}

/** The part of a result that folds with the card. */
export const Output = memo(function Output({ call, result }: OutputProps) {
  const { t } = useCallText();
  const { state } = call;
  const label = t('output', { tool: toolName(call.tool, t) });
  const parts = result?.parts.filter(({ type }) => type !== 'image' && type !== 'file') ?? [];
  const lastText = parts.findLast(({ type }) => type === 'text');
  const note = noteOf(call, result);
  // A call that could not be run: what the model was told says why.
  const why = state === 'failed' && parts.length === 0 ? result?.observation : undefined;
  if (parts.length === 0 && !note && !why) return null;
  return (
    <div className={styles.output}>
      {parts.map((part, index) => {
        if (part.type === 'table') return <ResultTable key={index} table={part} />;
        if (part.type === 'citation') return <Citation key={index} citation={part} />;
        if (part.type !== 'text' || !part.text.trim()) return null;
        if (result?.failed && part === lastText && isOver(state))
          return <Failure key={index} text={part.text} />;
        return <TextOutput key={index} text={part.text} live={!isOver(state)} label={label} />;
      })}
      {why && <Failure text={why} />}
      {note && <p className="quiet">{t(note)}</p>}
    </div>
  );
});

/** Said where there is nothing to show. */
function noteOf({ state }: CallPart, result: ResultPart | undefined) {
  if (state === 'refused') return 'wasRefused';
  if (state === 'stopped') return 'wasStopped';
  const isEmpty = !result?.parts.some((part) => part.type !== 'text' || part.text.trim());
  if (state === 'unknown' && isEmpty) return 'noTool';
  return state === 'done' && isEmpty ? 'noOutput' : undefined;
}

/** Pictures and files that the tool made: the reader asked for them, so they stay when the card is folded. */
export const Kept = memo(function Kept({ result }: { result: ResultPart }) {
  const pictures = result.parts.filter((part) => part.type === 'image');
  const files = result.parts.filter((part) => part.type === 'file');
  if (pictures.length + files.length === 0) return null;
  return (
    <div className={styles.kept}>
      {pictures.map((part, index) => (
        <ResultPicture key={index} image={part} />
      ))}
      {files
        .filter(({ mediaType }) => mediaType.startsWith('video/'))
        .map((part) => (
          <ResultVideo key={`${part.id} video`} file={part} />
        ))}
      {files.map((part) => (
        <FileDownload key={part.id} file={part} />
      ))}
    </div>
  );
});
