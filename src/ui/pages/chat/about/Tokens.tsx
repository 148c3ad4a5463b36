import { useId, useState } from 'react';
import type { InspectedToken, Inspection, TokenLogprob } from '../../../../store';
import { useRoving } from '../../../controls/useRoving';
import { useText, type Texts } from '../../../useApp';
import styles from './Tokens.module.css';

/** Alternatives below this probability appear as bars only, not in the description. */
const WORTH_SAYING = 0.001;

const percent = (logprob: number): string => {
  const share = Math.exp(logprob) * 100;
  if (share < 0.1) return '< 0.1 %';
  return `${share >= 99.95 ? '100' : share.toFixed(1)} %`;
};

/** A token's text; white space and partial characters are named. */
function nameOf(text: string, t: Texts['t']): string {
  if (text.includes('\ufffd')) return t('inspect.bytes');
  if (/^ +$/.test(text)) return t('inspect.space');
  if (/^\s*\n\s*$/.test(text)) return t('inspect.newline');
  return text.replaceAll('\n', '⏎');
}

/** Confidence class of a token: 0 (probability of at least 0.9) to 4 (below 0.1). */
const sureness = (logprob: number): number =>
  [0.9, 0.6, 0.3, 0.1].filter((least) => Math.exp(logprob) < least).length;

/** The most likely tokens at a position, with the chosen one, which may not be among them. */
const withChosen = (token: InspectedToken): TokenLogprob[] =>
  token.top.some(({ id }) => id === token.id) ? token.top : [...token.top, token];

/** The alternatives as a sentence, for screen readers. */
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

/** The most likely tokens at a position, as bars. */
function Alternatives({ token, away }: { token: InspectedToken; away: boolean }) {
  const { t } = useText();
  const heading = useId();
  const rows = withChosen(token);
  const rest = 1 - rows.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  return (
    <div className={styles.alternatives}>
      <h4 id={heading}>{t('inspect.alternatives')}</h4>
      <ol aria-labelledby={heading}>
        {rows.map(({ id, text, logprob }) => (
          <li key={id} className={id === token.id ? styles.chosen : undefined}>
            <code dir="auto">{nameOf(text, t)}</code>
            {id === token.id && <span className="badge">{t('inspect.chosen')}</span>}
            <span className={styles.share} aria-hidden="true">
              <span style={{ width: `${Math.exp(logprob) * 100}%` }} />
            </span>
            <span className={styles.percent}>{percent(logprob)}</span>
          </li>
        ))}
        {rest > 0.0005 && (
          <li>
            <span className="quiet">{t('inspect.other')}</span>
            <span className={styles.share} aria-hidden="true">
              <span style={{ width: `${rest * 100}%` }} />
            </span>
            <span className={styles.percent}>{percent(Math.log(rest))}</span>
          </li>
        )}
      </ol>
      {!away && <p className="quiet">{t('inspect.end')}</p>}
    </div>
  );
}

interface TokensProps {
  inspection: Inspection;
  /** The tokens come from a server, which does not say whether temperature and penalties are applied. */
  away: boolean;
}

/**
 * The tokens as a list box; pointer, click or arrow keys choose one, whose alternatives stand below. The focus
 * moves with the choice, and the alternatives describe the focused token.
 */
export function Tokens({ inspection: { tokens, partsAt }, away }: TokensProps) {
  const texts = useText();
  const { t } = texts;
  const [active, setActive] = useState(0);
  const id = useId();
  const at = Math.min(active, tokens.length - 1);
  const token = tokens[at];
  const { ref, onKeyDown } = useRoving<HTMLDivElement>({
    count: tokens.length,
    active: at,
    onActive: setActive,
    axis: 'both',
    page: 20,
  });
  if (!token) return null;
  return (
    <>
      <div
        ref={ref}
        className={styles.tokens}
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
            className={[
              styles[`sure-${sureness(logprob)}`],
              partsAt >= 0 && index >= partsAt ? styles.parted : '',
            ].join(' ')}
            // Scrolling under a resting pointer also fires this event.
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
