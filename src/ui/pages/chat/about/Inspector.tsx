import {
  currentChat,
  hostOf,
  isSameModel,
  serverOfChat,
  type AssistantMessage,
  type Inspection,
} from '../../../../store';
import { formatCount } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../../models/modelName';
import { ErrorCard } from '../../../controls/ErrorCard';
import { Tokens } from './Tokens';
import styles from './Inspector.module.css';

/** One line about the inspection: progress, or where the tokens differ. */
function Progress({ inspection, away }: { inspection: Inspection; away: boolean }) {
  const { t, language } = useText();
  const stopInspection = useApp((s) => s.stopInspection);
  const { status, tokens, total, partsAt } = inspection;
  if (status === 'running') {
    const numbers = { done: formatCount(tokens.length, language), total: formatCount(total, language) };
    return (
      <p className={styles.inspectLine}>
        <span>{t('inspect.running', numbers)}</span>
        <button type="button" className="text-button" onClick={stopInspection}>
          {t('inspect.stop')}
        </button>
      </p>
    );
  }
  if (status === 'failed') return null;
  const differs = away ? 'inspect.differsServer' : 'inspect.differs';
  const rest = status === 'untold' || status === 'stopped' ? (`inspect.${status}` as const) : 'inspect.same';
  return (
    <p className={partsAt >= 0 ? `${styles.inspectLine} warn` : styles.inspectLine} role="status">
      {t(partsAt >= 0 ? differs : rest)}
    </p>
  );
}

/** Why the answer cannot be generated again now; null if it can. */
function useHindrance({ server, modelName: name, made }: AssistantMessage): string | null {
  const { t } = useText();
  const inUse = useApp((s) => (s.model.status === 'ready' ? s.model.info : null));
  const busy = useApp((s) => s.turn !== null);
  const answering = useApp(serverOfChat);
  const asked = useApp((s) => currentChat(s).server?.model);
  const wrote = made?.model;
  if (server && (!answering || hostOf(answering) !== server || asked !== name)) {
    return t('inspect.otherServer', { host: server, name });
  }
  if (!server && wrote && !(inUse && isSameModel(wrote, inUse))) {
    return t('inspect.otherModel', { name: modelName(wrote) });
  }
  return busy ? t('inspect.busy') : null;
}

/** Token inspector: generates the answer again from its seed and shows the alternatives of each token. */
export function Inspector({ message }: { message: AssistantMessage }) {
  const { t } = useText();
  const inspection = useApp((s) => (s.inspection?.messageId === message.id ? s.inspection : null));
  const hasModel = useApp((s) => s.model.status === 'ready');
  const inspect = useApp((s) => s.inspect);
  const why = useHindrance(message);
  const { server } = message;
  return (
    <section className={styles.inspector} aria-label={t('inspect.start')}>
      <h3>{t('inspect.title')}</h3>
      {!inspection && (
        <p className="quiet">{server ? t('inspect.whatServer', { host: server }) : t('inspect.what')}</p>
      )}
      {inspection?.error && <ErrorCard error={inspection.error} />}
      {inspection && <Progress inspection={inspection} away={server !== undefined} />}
      {inspection && <Tokens inspection={inspection} away={server !== undefined} />}
      {inspection?.status !== 'running' && inspection?.status !== 'untold' && (
        <button
          type="button"
          className="button wide"
          disabled={why !== null || (!server && !hasModel)}
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
