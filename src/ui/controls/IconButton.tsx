import type { ComponentProps, ReactNode } from 'react';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'name'> {
  /** Accessible name, and the tooltip unless `title` is given. */
  name: string;
  icon: ReactNode;
}

/** A small button with an icon only. */
export function IconButton({ name, icon, ...others }: IconButtonProps) {
  return (
    <button type="button" className="icon-button small" aria-label={name} title={name} {...others}>
      {icon}
    </button>
  );
}
