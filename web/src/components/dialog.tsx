import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { text } from "../config/text";
import { Button } from "./button";

interface Props {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A window over the page; Escape and a press beside it close it, and the focus goes back to where it was. */
export function Dialog({ title, wide = false, onClose, children }: Props) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className={wide ? "modal wide" : "modal"}>
        <AriaDialog className="stack">
          <div className="row apart">
            <Heading slot="title">{title}</Heading>
            <Button kind="plain" onPress={onClose}>
              {text.close}
            </Button>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
