import { useEffect, useRef } from 'react';
import { useText } from '../../../useApp';
import type { Command } from './commands';
import styles from './SlashMenu.module.css';

export const SLASH_MENU_ID = 'slash-menu';
export const slashOptionId = (index: number): string => `${SLASH_MENU_ID}-${index}`;

interface SlashMenuProps {
  commands: Command[];
  active: number;
  onHover: (index: number) => void;
  onChoose: (command: Command) => void;
}

/** Commands above the message field, which keeps the focus and names the active one in aria-activedescendant. */
export function SlashMenu({ commands, active, onHover, onChoose }: SlashMenuProps) {
  const { t } = useText();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul
      ref={list}
      id={SLASH_MENU_ID}
      className={styles.slashMenu}
      role="listbox"
      aria-label={t('slash.label')}
    >
      {commands.map((command, index) => (
        <li
          key={`${command.name} ${index}`}
          id={slashOptionId(index)}
          role="option"
          aria-selected={index === active}
          onPointerMove={() => onHover(index)}
          onPointerDown={(event) => event.preventDefault()} // keeps the focus in the field
          onClick={() => onChoose(command)}
        >
          <strong>
            {command.sign ?? '/'}
            {command.name}
          </strong>
          <span>{command.what}</span>
        </li>
      ))}
    </ul>
  );
}
