import { answerSettings, canAsk, currentChat, serverOfChat } from '../../../store';
import { lazyView } from '../../lazyPart';
import { useApp, useText, type TextKey } from '../../useApp';
import { CloudIcon, LockIcon, Mark } from '../../controls/icons';
import { useLeaving } from './Leaving';
import { useToolsOn } from './tools/useTools';
import styles from './EmptyChat.module.css';

const SUGGESTIONS: TextKey[] = ['start.ask1', 'start.ask2', 'start.ask3', 'start.ask4'];

const AgentStart = lazyView(() => import('./agents/AgentStart'));
const DueStarters = lazyView(() => import('./agents/DueStarters'));
const SamplePictures = lazyView(() => import('./pictures/SamplePictures'));

/** An empty chat: its agent, or what the app is. */
export function EmptyChat() {
  const agent = useApp((s) => currentChat(s).agent);
  return agent ? <AgentStart agent={agent} /> : <Welcome />;
}

/** What the app is, and suggested questions. */
function Welcome() {
  const { t } = useText();
  const send = useApp((s) => s.send);
  const canSend = useApp((s) => !s.turn && canAsk(s));
  const leaving = useLeaving();
  const offers = useApp((s) => s.agents.offers);
  const tools = useToolsOn();
  const first = useApp((s) => answerSettings(s).searchFirst === true);
  const usesNetwork = useApp((s) => s.preferences.browser.search !== 'saved');
  const searches = usesNetwork && (first || tools.includes('simple_browser'));
  const sees = useApp((s) => (currentChat(s).server ? serverOfChat(s)?.pictures : s.model.info?.eyes));
  return (
    <section className={styles.start} aria-labelledby="start-title">
      <Mark />
      <h1 id="start-title">{t('start.title')}</h1>
      {!leaving && <p className={styles.what}>{t('start.what')}</p>}
      <p className={leaving ? `${styles.privacy} ${styles.leaving}` : styles.privacy}>
        {leaving || searches ? <CloudIcon /> : <LockIcon />}
        {leaving ? t(leaving.note, { host: leaving.host }) : t(searches ? 'start.searches' : 'start.privacy')}
      </p>
      <ul className={styles.chips} aria-label={t('start.suggestions')}>
        {SUGGESTIONS.map((key) => (
          <li key={key}>
            <button type="button" className={styles.chip} disabled={!canSend} onClick={() => send(t(key))}>
              {t(key)}
            </button>
          </li>
        ))}
      </ul>
      {offers && <DueStarters />}
      {sees && <SamplePictures />}
    </section>
  );
}
