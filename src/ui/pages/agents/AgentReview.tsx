import { useEffect, useState, type ReactNode } from 'react';
import type { AgentReview as Review } from '../../../store/agents';
import { Modal } from '../../controls/Modal';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { goTo } from '../../route';
import { useApp, useTextsOf } from '../../useApp';
import { useErrorText } from '../../useErrorText';
import { toolName, useCallText } from '../chat/calls/callState';
import { AgentPicture } from './AgentPicture';
import { pictureOf } from './pictureOf';
import { useTimeText } from './timeText';
import toolkitStyles from '../toolkit/toolkit.module.css';
import styles from './AgentReview.module.css';

/** Shows all of an agent from a file before it is kept. */
export function AgentReview() {
  const review = useApp((s) => s.agents.agentReviews[0]);
  const count = useApp((s) => s.agents.agentReviews.length);
  return review && <OneReview key={`${review.source} ${count}`} review={review} waiting={count - 1} />;
}

function OneReview({ review, waiting }: { review: Review; waiting: number }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const keepReview = useApp((s) => s.agentDesk.keepReview);
  const dropReview = useApp((s) => s.agentDesk.dropReview);
  const errorText = useErrorText();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const portrait = usePortrait(review.portrait);
  const [takesPortrait, setTakesPortrait] = useState(true);
  const { card, functions, functionFault, source } = review;
  const avatar = (takesPortrait && portrait) || card.avatar;
  const discard = () => void dropReview();
  const keep = async () => {
    const id = await keepReview(chosen, avatar);
    if (id !== undefined && waiting === 0) goTo({ page: 'agents', id });
  };
  return (
    <Modal title={t('review', { source })} side="center" wide onClose={discard}>
      <p>{t('reviewHint')}</p>
      {waiting > 0 && <p className="quiet">{t('more_waiting', { count: waiting })}</p>}
      <div className={styles.head}>
        <AgentPicture avatar={avatar} name={card.name} large />
        <div>
          <h3>{card.name}</h3>
          <p>{card.description}</p>
        </div>
      </div>
      {portrait && (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={takesPortrait}
            onChange={({ target }) => setTakesPortrait(target.checked)}
          />
          {t('portrait')}
        </label>
      )}
      <CardFacts review={review} />
      {functionFault && <p className="warn">{t('functionFault', { why: errorText(functionFault).what })}</p>}
      {functions.length > 0 && (
        <section>
          <h3>{t('functions')}</h3>
          <p className="quiet">{t('functionsHint')}</p>
          <ul className={toolkitStyles.list}>
            {functions.map((made) => (
              <ReviewedFunction
                key={made.name}
                made={made}
                chosen={chosen.includes(made.name)}
                onChoose={(isChosen) =>
                  setChosen(isChosen ? [...chosen, made.name] : chosen.filter((name) => name !== made.name))
                }
              />
            ))}
          </ul>
        </section>
      )}
      <div className="button-row">
        <button type="button" className="button primary" onClick={() => void keep()}>
          {t('keep')}
        </button>
        <button type="button" className="button" onClick={discard}>
          {t('discard')}
        </button>
      </div>
    </Modal>
  );
}

/** Everything of the card, and the files that it knows. */
function CardFacts({ review: { card, knowledge } }: { review: Review }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const calls = useCallText();
  const timeText = useTimeText();
  const { instructions, opening, starters, schedule, tools, sampling, model, language } = card;
  return (
    <dl className={styles.facts}>
      <Fact label={t('instructions')} block>
        {instructions}
      </Fact>
      {opening && (
        <Fact label={t('opening')} block>
          {opening}
        </Fact>
      )}
      {starters.length > 0 && (
        <Fact label={t('starters')} block>
          {starters.join('\n')}
        </Fact>
      )}
      {schedule && (
        <Fact label={t('schedule')} block>
          {`${t('scheduleHint')}\n${schedule.map((time) => `${timeText(time)}: ${time.starter}`).join('\n')}`}
        </Fact>
      )}
      <Fact label={t('tools')}>{tools.map((tool) => toolName(tool, calls.t)).join(', ')}</Fact>
      {sampling && (
        <Fact label={t('sampling')}>
          {Object.entries(sampling)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}
        </Fact>
      )}
      {model && <Fact label={t('model')}>{model}</Fact>}
      {language && <Fact label={t('language')}>{language}</Fact>}
      {knowledge && (
        <Fact label={t('knowledge')} block>
          {`${knowledge.summary.files.map(({ name }) => name).join('\n')}\n${t('chunks', { count: knowledge.summary.chunks })}`}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, block = false, children }: { label: string; block?: boolean; children: ReactNode }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const content = children || <span className="quiet">{t('empty')}</span>;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {block && children ? (
          <pre className={toolkitStyles.block} tabIndex={0} role="group" aria-label={label} dir="auto">
            {content}
          </pre>
        ) : (
          content
        )}
      </dd>
    </div>
  );
}

interface ReviewedFunctionProps {
  made: Review['functions'][number];
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

function ReviewedFunction({ made, chosen, onChoose }: ReviewedFunctionProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const taken = useApp((s) => s.kit.functions.some(({ name }) => name === made.name));
  const { name, description, parameters, js, http } = made;
  return (
    <li className={toolkitStyles.item}>
      <label>
        <input type="checkbox" checked={chosen} onChange={({ target }) => onChoose(target.checked)} />
        {name}
      </label>
      <div className={toolkitStyles.about}>
        <p>{description}</p>
        {taken && <p className="warn">{t('functionTaken')}</p>}
        <pre className={toolkitStyles.block} tabIndex={0} role="group" aria-label={name} dir="ltr">
          {`${http ? JSON.stringify(http, null, 2) : js}\n\n${JSON.stringify(parameters, null, 2)}`}
        </pre>
      </div>
    </li>
  );
}

/** The picture of a character card, made small; undefined while there is none. */
function usePortrait(portrait: Blob | undefined): string | undefined {
  const [picture, setPicture] = useState<string>();
  useEffect(() => {
    let isOn = true;
    if (portrait)
      pictureOf(portrait).then(
        (made) => isOn && setPicture(made),
        () => undefined, // it is no picture: the card does without
      );
    return () => void (isOn = false);
  }, [portrait]);
  return picture;
}
