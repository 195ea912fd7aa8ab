import type { ReactNode } from "react";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { text } from "../../config/text";

interface Props {
  readonly title: string;
  readonly yes: string;
  readonly children: ReactNode;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Says what something costs before it is done. */
export function Confirm({ title, yes, children, onYes, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className="row">
        <Button
          kind="main"
          onPress={() => {
            onYes();
            onClose();
          }}
        >
          {yes}
        </Button>
        <Button onPress={onClose}>{text.models.cancel}</Button>
      </div>
    </Dialog>
  );
}
