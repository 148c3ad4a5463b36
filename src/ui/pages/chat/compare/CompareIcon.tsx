import { Icon } from '../../../controls/icons';

/** Two cards beside each other. */
export const CompareIcon = () => (
  <Icon>
    <path d="M3.5 4.5h5v11h-5zM11.5 4.5h5v11h-5z" />
    <path d="M5.2 7.5h1.6M13.2 7.5h1.6" />
  </Icon>
);
