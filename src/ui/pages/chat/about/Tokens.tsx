import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { InspectedToken, Inspection, TokenLogprob } from '../../../../store';
import { useText, type Texts } from '../../../useApp';

/** Less likely than this is not named in words; the bars show it. */
const WORTH_SAYING = 0.001;

const percent = (logprob: number): string => {
  const share = Math.exp(logprob) * 100;
  return `${share >= 99.95 ? '100' : share >= 1 ? share.toFixed(1) : share.toPrecision(1)} %`;
};

/** A token's text, where blanks and halves of characters have names. */
function nameOf(text: string, t: Texts['t']): string {
  if (text.includes('\ufffd')) return t('inspect.bytes');
  if (/^ +$/.test(text)) return t('inspect.space');
  if (/^\s*\n\s*$/.test(text)) return t('inspect.newline');
  return text.replaceAll('\n', '⏎');
}

/** From a sure choice to a surprise: five steps. */
const sureness = (logprob: number): number =>
  [0.9, 0.6, 0.3, 0.1].filter((least) => Math.exp(logprob) < least).length;

/** The likeliest at one place, and the chosen one, which need not be among them. */
const withChosen = (token: InspectedToken): TokenLogprob[] =>
  token.top.some(({ id }) => id === token.id) ? token.top : [...token.top, token];

/** The same in a sentence, for who does not see the bars. */
function alternativesOf(token: InspectedToken, { t, language }: Texts): string {
  const others = withChosen(token).filter(
    ({ id, logprob }) => id !== token.id && Math.exp(logprob) >= WORTH_SAYING,
  );
  if (others.length === 0) return t('inspect.alone');
  const named = others.map(({ text, logprob }) =>
    t('inspect.named', { text: nameOf(text, t), percent: percent(logprob) }),
  );
  return t('inspect.instead', { list: new Intl.ListFormat(language).format(named) });
}

/** The likeliest tokens at one place, the chosen one among them. */
function Alternatives({ token, away }: { token: InspectedToken; away: boolean }) {
  const { t } = useText();
  const rows = withChosen(token);
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
      {!away && <p className="quiet">{t('inspect.end')}</p>}
    </div>
  );
}

interface TokensProps {
  inspection: Inspection;
  /** A server's: whether its probabilities are those before temperature and penalties, it does not say. */
  away: boolean;
}

/**
 * The tokens as a list box: one is active, by pointer, click or arrow keys, and its alternatives stand below. The focus
 * goes from token to token, and what is focused is described by its alternatives.
 */
export function Tokens({ inspection: { tokens, partsAt }, away }: TokensProps) {
  const texts = useText();
  const { t } = texts;
  const [active, setActive] = useState(0);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const at = Math.min(active, tokens.length - 1);
  const token = tokens[at];
  // Once the description is that of the token which the focus comes to.
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const option = box.current?.children[at];
    if (option instanceof HTMLElement) option.focus();
  }, [at]);
  if (!token) return null;
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
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(tokens.length - 1, place));
    moved.current = next !== at;
    setActive(next);
  };
  return (
    <>
      <div
        ref={box}
        className="tokens"
        role="listbox"
        aria-label={t('inspect.list')}
        aria-orientation="horizontal"
        dir="auto"
        onKeyDown={onKeyDown}
      >
        {tokens.map(({ text, logprob }, index) => (
          <span
            key={index}
            role="option"
            tabIndex={index === at ? 0 : -1}
            aria-selected={index === at}
            aria-label={t('inspect.token', { text: nameOf(text, t), percent: percent(logprob) })}
            aria-describedby={index === at ? id : undefined}
            className={[`sure-${sureness(logprob)}`, partsAt >= 0 && index >= partsAt ? 'parted' : ''].join(
              ' ',
            )}
            // A pointer at rest, under which tokens move, does not count.
            onPointerMove={({ movementX, movementY }) => {
              if (movementX !== 0 || movementY !== 0) setActive(index);
            }}
            onFocus={() => setActive(index)}
          >
            {text.includes('\ufffd') ? '·' : text}
          </span>
        ))}
      </div>
      <p id={id} className="visually-hidden">
        {alternativesOf(token, texts)}
      </p>
      <Alternatives token={token} away={away} />
    </>
  );
}
