import { Icon, type IconName } from "./icons";

interface Props {
  readonly icon: IconName;
  /** What it does, with its key. */
  readonly label: string;
  readonly onPress: () => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** A button with a drawing only; the label is read out and shown by the pointer. */
export const Tool = ({ icon, label, onPress, pressed, disabled = false, className = "" }: Props) => (
  <button
    type="button"
    className={`tool ${className}`}
    aria-label={label}
    title={label}
    disabled={disabled}
    onClick={onPress}
    {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
  >
    <Icon name={icon} />
  </button>
);
