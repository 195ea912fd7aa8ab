import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";

interface Props {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly kind?: "main" | "plain" | "ordinary";
  readonly isDisabled?: boolean;
  readonly label?: string;
}

/** A button that mouse, finger, pen and keyboard press alike. */
export function Button({ children, onPress, kind = "ordinary", isDisabled = false, label }: Props) {
  return (
    <AriaButton
      className={`button ${kind}`}
      onPress={onPress}
      isDisabled={isDisabled}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      {children}
    </AriaButton>
  );
}
