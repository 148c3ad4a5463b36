import type { ComponentProps, ReactNode } from 'react';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'name'> {
  /** Read out, and shown to the pointer unless there is a `title`. */
  name: string;
  icon: ReactNode;
}

/** A small button that shows only a picture: in a row of a list, or under a message. */
export function IconButton({ name, icon, ...others }: IconButtonProps) {
  return (
    <button type="button" className="icon-button small" aria-label={name} title={name} {...others}>
      {icon}
    </button>
  );
}
