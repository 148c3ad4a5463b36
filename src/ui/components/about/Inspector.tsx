import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { isSameModel, type AssistantMessage, type InspectedToken, type Inspection } from '../../../store';
import { formatCount } from '../../i18n/format';
import { useApp, useText, type Texts } from '../../useApp';
import { modelName } from '../../usePrediction';
import { ErrorCard } from '../ErrorCard';

const percent = (logprob: number): string => {
  const share = Math.exp(logprob) * 100;
  return `${share >= 99.95 ? '100' : share >= 1 ? share.toFixed(1) : share.toPrecision(1)} %`;
};

/** A token's text, where blanks and halves of characters have names. */
function nameOf(text: string, t: Texts['t']): string {
  if (text.includes('\ufffd')) return t('inspect.bytes');
  if (/^ +$/.test(text)) return t('inspect.space');
  if (/^\s*\n\s*$/.test(text)) return t('inspect.newline');
  return text;
}

/** From a sure choice to a surprise: five steps. */
const sureness = (logprob: number): number =>
  [0.9, 0.6, 0.3, 0.1].filter((least) => Math.exp(logprob) < least).length;

/** The likeliest tokens at one place, the chosen one among them. */
function Alternatives({ token }: { token: InspectedToken }) {
  const { t } = useText();
  const known = token.top.some(({ id }) => id === token.id);
  const rows = known ? token.top : [...token.top, token];
  const rest = 1 - rows.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  return (
    <div className="alternatives">
      <h4>{t('inspect.alternatives')}</h4>
      <ol>
        {rows.map(({ id, text, logprob }) => (
          <li key={id} className={id === token.id ? 'chosen' : undefined}>
            <code dir="auto">{nameOf(text, t)}</code>
            {id === token.id && <span className="badge">{t('inspect.chosen')}</span>}
            <span className="share" aria-hidden="true">
              <span style={{ width: `${Math.exp(logprob) * 100}%` }} />
            </span>
            <span className="percent">{percent(logprob)}</span>
          </li>
        ))}
        {rest > 0.0005 && (
          <li>
            <span className="quiet">{t('inspect.other')}</span>
            <span className="share" aria-hidden="true">
              <span style={{ width: `${rest * 100}%` }} />
            </span>
            <span className="percent">{percent(Math.log(rest))}</span>
          </li>
        )}
      </ol>
      <p className="quiet">{t('inspect.end')}</p>
    </div>
  );
}

/** The tokens as a list box: one is active, by pointer, click or arrow keys, and its alternatives stand below. */
function Tokens({ inspection: { tokens, partsAt } }: { inspection: Inspection }) {
  const { t } = useText();
  const [active, setActive] = useState(0);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const at = Math.min(active, tokens.length - 1);
  const token = tokens[at];
  if (!token) return null;
  const go = (index: number) => {
    const next = Math.max(0, Math.min(tokens.length - 1, index));
    setActive(next);
    box.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const places: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      PageDown: at + 20,
      PageUp: at - 20,
      Home: 0,
      End: tokens.length - 1,
    };
    const next = places[event.key];
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  };
  return (
    <>
      <div
        ref={box}
        className="tokens"
        role="listbox"
        tabIndex={0}
        aria-label={t('inspect.list')}
        aria-activedescendant={`${id}-${at}`}
        dir="auto"
        onKeyDown={onKeyDown}
      >
        {tokens.map(({ text, logprob }, index) => (
          <span
            key={index}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            aria-label={t('inspect.token', { text: nameOf(text, t), percent: percent(logprob) })}
            className={[`sure-${sureness(logprob)}`, partsAt >= 0 && index >= partsAt ? 'parted' : ''].join(
              ' ',
            )}
            // A pointer at rest, under which tokens move, does not count.
            onPointerMove={({ movementX, movementY }) => {
              if (movementX !== 0 || movementY !== 0) setActive(index);
            }}
            onClick={() => setActive(index)}
          >
            {text.includes('\ufffd') ? '·' : text}
          </span>
        ))}
      </div>
      <Alternatives token={token} />
    </>
  );
}

/** How the writing went, in a line. */
function Progress({ inspection }: { inspection: Inspection }) {
  const { t, language } = useText();
  const stopInspection = useApp((s) => s.stopInspection);
  const { status, tokens, total, partsAt } = inspection;
  if (status === 'running') {
    const numbers = { done: formatCount(tokens.length, language), total: formatCount(total, language) };
    return (
      <p className="inspect-line">
        <span>{t('inspect.running', numbers)}</span>
        <button type="button" className="text-button" onClick={stopInspection}>
          {t('inspect.stop')}
        </button>
      </p>
    );
  }
  if (status === 'failed') return null;
  const text = partsAt >= 0 ? 'inspect.differs' : status === 'stopped' ? 'inspect.stopped' : 'inspect.same';
  return (
    <p className={partsAt >= 0 ? 'inspect-line warn' : 'inspect-line'} role="status">
      {t(text)}
    </p>
  );
}

/** What else the model had in mind: the answer written again from its seed, token by token. */
export function Inspector({ message }: { message: AssistantMessage }) {
  const { t } = useText();
  const inspection = useApp((s) => (s.inspection?.messageId === message.id ? s.inspection : null));
  const inUse = useApp((s) => (s.model.status === 'ready' ? s.model.info : null));
  const busy = useApp((s) => s.turn !== null);
  const inspect = useApp((s) => s.inspect);
  const wrote = message.made?.model;
  const otherModel = wrote !== undefined && (inUse === null || !isSameModel(wrote, inUse));
  const why = otherModel
    ? t('inspect.otherModel', { name: modelName(wrote) })
    : busy
      ? t('inspect.busy')
      : null;
  return (
    <section className="inspector" aria-label={t('inspect.start')}>
      <h3>{t('inspect.title')}</h3>
      {!inspection && <p className="quiet">{t('inspect.what')}</p>}
      {inspection?.error && <ErrorCard error={inspection.error} />}
      {inspection && <Progress inspection={inspection} />}
      {inspection && <Tokens inspection={inspection} />}
      {inspection?.status !== 'running' && (
        <button
          type="button"
          className="button wide"
          disabled={why !== null || inUse === null}
          aria-describedby="inspect-why"
          onClick={() => void inspect()}
        >
          {t(inspection ? 'inspect.again' : 'inspect.start')}
        </button>
      )}
      <p className="quiet" id="inspect-why">
        {why}
      </p>
    </section>
  );
}
