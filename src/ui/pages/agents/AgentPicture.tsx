import { isPicture } from '../../../store/agents';
import styles from './AgentPicture.module.css';

/** The picture of an agent; the first letter of its name where it has none. Decoration: the name stands beside it. */
export function AgentPicture({ avatar, name, large }: { avatar?: string; name: string; large?: boolean }) {
  const className = large ? `${styles.picture} ${styles.large}` : styles.picture;
  if (avatar && isPicture(avatar)) return <img className={className} src={avatar} alt="" />;
  return (
    <span className={className} aria-hidden="true">
      {avatar || [...name.trim()][0] || '?'}
    </span>
  );
}
