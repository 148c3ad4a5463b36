// The builder: the form of an agent, what it knows, and a trial beside them.
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { cardFault, emptyCard, galleryAgents, type AgentCard } from '../../../store/agents';
import { ErrorCard } from '../../controls/ErrorCard';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { faultText } from '../../i18n/faultTexts';
import { announce } from '../../shell/announce';
import { formatRoute, setAddress } from '../../route';
import { useApp, useTextsOf } from '../../useApp';
import { CardForm } from './CardForm';
import { Knowledge } from './Knowledge';
import { TryOut } from './TryOut';
import { useChatWith } from './useChatWith';
import formStyles from '../../controls/formFields.module.css';
import styles from './Builder.module.css';
import pageStyles from './AgentsPage.module.css';

/** What the form begins with: an agent of the user's, a copy of one of the gallery, or nothing. */
function useBegin(id: string): { card: AgentCard; isOwn: boolean } | undefined {
  const { language } = useTextsOf(AGENT_TEXTS);
  const own = useApp((s) => s.agents.agents?.find((agent) => agent.id === id));
  if (own) return { card: own.card, isOwn: true };
  if (id === 'new')
    return { card: { ...emptyCard(''), language: language === 'en' ? 'en' : 'zh' }, isOwn: false };
  const model = [...galleryAgents('en'), ...galleryAgents('zh')].find((agent) => agent.id === id);
  return model && { card: model.card, isOwn: false };
}

/** @param id of the agent; 'new', or that of one of the gallery, for a new one */
export function Builder({ id }: { id: string }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const begin = useBegin(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const error = useApp((s) => s.agents.agentError);
  const dismissError = useApp((s) => s.agentDesk.dismissError);
  // Another agent's address begins another form; the address that a new agent gets when it is kept does not.
  const [form, setForm] = useState({ key: id, kept: '' });
  if (id !== form.key && id !== form.kept) setForm({ key: id, kept: '' });
  return (
    <>
      <a href={formatRoute({ page: 'agents', id: null })} className={pageStyles.back}>
        ← {t('backToAgents')}
      </a>
      <h1 ref={heading} tabIndex={-1}>
        {begin?.isOwn ? t('editTitle', { name: begin.card.name }) : t('newTitle')}
      </h1>
      {error && <ErrorCard error={error} onDismiss={() => void dismissError()} />}
      {begin ? (
        <BuilderForm
          key={form.key}
          begun={begin}
          id={begin.isOwn ? id : null}
          onKept={(kept) => setForm({ ...form, kept })}
        />
      ) : (
        <p>{t('gone')}</p>
      )}
    </>
  );
}

interface BuilderFormProps {
  begun: { card: AgentCard };
  id: string | null;
  /** A new agent got this id. */
  onKept: (id: string) => void;
}

function BuilderForm({ begun, id: firstId, onKept }: BuilderFormProps) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const save = useApp((s) => s.agentDesk.save);
  const chatWith = useChatWith();
  const [card, setCard] = useState(begun.card);
  const [id, setId] = useState(firstId);
  const [kept, setKept] = useState(firstId === null ? null : begun.card);
  const [asked, setAsked] = useState(false);
  const fault = cardFault(card);
  /** @returns the id; undefined while the form has a fault */
  const keep = async (whole: AgentCard = card): Promise<string | undefined> => {
    setAsked(true);
    if (cardFault(whole)) return undefined;
    const savedId = await save(whole, id ?? undefined);
    setKept(whole);
    if (id === null) {
      setId(savedId);
      onKept(savedId);
      setAddress({ page: 'agents', id: savedId }, 'replace');
    }
    announce(t('saved'));
    return savedId;
  };
  /** Files belong to a kept agent: a new one is kept with them. */
  const keepForFiles = () => {
    if (id !== null) return Promise.resolve(id);
    const named = card.name.trim() ? card : { ...card, name: t('untitled') };
    setCard(named);
    return keep(named);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void keep();
  };
  const why =
    fault?.field === 'name' && !card.name.trim()
      ? t('nameMissing')
      : fault &&
        t('fault', {
          field: t(fault.field === 'avatar' ? 'picture' : fault.field),
          why: faultText(fault.why, language),
        });
  return (
    <div className={`${styles.columns} ${formStyles.form}`}>
      <div className={styles.main}>
        <form onSubmit={submit} aria-label={t('title')}>
          <CardForm card={card} onChange={setCard} />
          <div className={styles.foot}>
            <p role="status" className={fault && asked ? 'warn' : 'quiet'}>
              {fault && asked ? why : kept === card ? t('saved') : t('unsaved')}
            </p>
            <button type="submit" className="button primary">
              {t('save')}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => void keep().then((saved) => saved !== undefined && chatWith(saved))}
            >
              {t('saveAndChat')}
            </button>
          </div>
        </form>
        <Knowledge id={id} keep={keepForFiles} />
      </div>
      <TryOut card={card} id={id} />
    </div>
  );
}
