import { memo, useId, useState, type ReactNode } from 'react';
import { resultText, type CallPart, type Part, type ResultPart } from '../../../../store';
import { ChevronIcon, ToolIcon } from '../../../controls/icons';
import { useText, type TextKey } from '../../../useApp';
import { Citation, FileChip, Picture } from './Media';
import styles from './CallCard.module.css';

const STATES: Partial<Record<CallPart['state'], TextKey>> = {
  writing: 'call.writing',
  asks: 'call.asks',
  runs: 'call.runs',
  failed: 'call.failed',
  stopped: 'call.stopped',
  refused: 'call.refused',
};

/** A head that opens and closes what stands below it. */
function Folded({ head, children }: { head: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={styles.card}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {head}
        <ChevronIcon />
      </button>
      <div id={id} className={styles.body} hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}

/** Arguments as they are easiest to read: JSON with line breaks, anything else as the model wrote it. */
function readableArgs(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args), null, 2);
  } catch {
    return args;
  }
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}

const Code = ({ text }: { text: string }) => (
  <pre tabIndex={0} dir="ltr">
    <code>{text}</code>
  </pre>
);

/** What a tool returned: its text, then pictures, files and sources. */
function Result({ result }: { result: ResultPart }) {
  const { t } = useText();
  const text = resultText({ ...result, parts: result.parts.filter(({ type }) => type === 'text') });
  const others = result.parts.filter(({ type }) => type !== 'text');
  return (
    <Section title={t(result.failed ? 'call.failure' : 'call.result')}>
      {text && <Code text={text} />}
      {others.map((part, index) => (
        <ResultItem key={index} part={part} />
      ))}
    </Section>
  );
}

function ResultItem({ part }: { part: Part }) {
  if (part.type === 'image') return <Picture image={part} />;
  if (part.type === 'citation') return <Citation citation={part} />;
  return part.type === 'file' ? <FileChip name={part.name} /> : null;
}

interface CallCardProps {
  call: CallPart;
  /** The part with this call's result, once there is one. */
  result?: Part;
}

/** A tool call, folded: the tool's name, then its arguments and what it returned. */
export const CallCard = memo(function CallCard({ call, result }: CallCardProps) {
  const { t } = useText();
  const state = STATES[call.state];
  return (
    <Folded
      head={
        <>
          <ToolIcon />
          <span>{t('call.tool', { tool: call.tool })}</span>
          {state && <span className={styles.state}>{t(state)}</span>}
        </>
      }
    >
      {call.args.trim() && (
        <Section title={t('call.args')}>
          <Code text={readableArgs(call.args)} />
        </Section>
      )}
      {result?.type === 'result' ? (
        <Result result={result} />
      ) : (
        call.state === 'unknown' && <p className="quiet">{t('call.noResult')}</p>
      )}
    </Folded>
  );
});

/** A result whose call is not in the message. */
export function ResultCard({ result }: { result: ResultPart }) {
  const { t } = useText();
  return (
    <Folded
      head={
        <>
          <ToolIcon />
          <span>{t(result.failed ? 'call.failure' : 'call.result')}</span>
        </>
      }
    >
      <Result result={result} />
    </Folded>
  );
}
