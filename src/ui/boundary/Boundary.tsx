import { Component, type ContextType, type ReactNode } from 'react';
import { MissingPart } from '../lazyPart';
import { StoreContext } from '../useApp';
import { Failed, FailedDialog } from './Failed';

interface BoundaryProps {
  children: ReactNode;
  /** Set for a dialog: the failure is shown in one, which this closes. */
  onClose?: () => void;
  /** A part without content of its own: its failure shows nothing. */
  silent?: boolean;
  /** What remains readable of the failed part: the plain text of a message. Called while the failure is shown. */
  readable?: () => string;
  /** Another value renders the part again: the id of the shown chat, the parts of a message. */
  resetKey?: unknown;
}

interface BoundaryState {
  error: Error | null;
}

/** Confines a failure to the part below: it shows what failed, with retry, reload and an export of the chats. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  static override readonly contextType = StoreContext;
  declare context: ContextType<typeof StoreContext>;
  override state: BoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown): void {
    if (error instanceof MissingPart) this.context?.getState().page.reportMissingPart();
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (this.state.error && before.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  private readonly retry = () => {
    const { error } = this.state;
    if (error instanceof MissingPart) error.retry();
    this.setState({ error: null });
  };

  override render(): ReactNode {
    const { error } = this.state;
    const { children, onClose, silent, readable } = this.props;
    if (!error) return children;
    if (silent) return null;
    const failed = <Failed error={error} readable={readable} onRetry={this.retry} />;
    return onClose ? <FailedDialog onClose={onClose}>{failed}</FailedDialog> : failed;
  }
}
