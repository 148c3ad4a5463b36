import { useMemo, type KeyboardEvent } from 'react';
import { branchesOf, currentChat, type Message } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { IconButton } from '../../../controls/IconButton';
import { ArrowLeftIcon, ArrowRightIcon } from '../../../controls/icons';
import styles from './Branches.module.css';

/** "2/3" between two arrow buttons, for a message with versions. The arrow keys work on both buttons. */
export function Branches({ message }: { message: Message }) {
  const { t } = useText();
  const messages = useApp((s) => currentChat(s).messages);
  const showBranch = useApp((s) => s.showBranch);
  const branches = useMemo(() => branchesOf({ messages }, message), [messages, message]);
  if (branches.length < 2) return null;
  const index = branches.findIndex(({ id }) => id === message.id);
  const go = (step: number) => {
    const next = branches[index + step];
    if (next) showBranch(next.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step);
  };
  // aria-disabled, not disabled: the button keeps the focus at the last version.
  const arrow = (step: -1 | 1, name: string, icon: React.ReactNode) => (
    <IconButton
      name={name}
      icon={icon}
      aria-disabled={branches[index + step] === undefined}
      onClick={() => go(step)}
    />
  );
  return (
    <span className={styles.branches} role="group" aria-label={t('branch.label')} onKeyDown={onKeyDown}>
      {arrow(-1, t('branch.previous'), <ArrowLeftIcon />)}
      <span aria-live="polite">
        <span className="visually-hidden">
          {t('branch.position', { index: index + 1, count: branches.length })}
        </span>
        <span aria-hidden="true">
          {index + 1}/{branches.length}
        </span>
      </span>
      {arrow(1, t('branch.next'), <ArrowRightIcon />)}
    </span>
  );
}
