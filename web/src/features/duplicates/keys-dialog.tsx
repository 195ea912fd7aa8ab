import { Dialog } from "../../components/dialog";
import { text } from "../../config/text";

/** All keys of the review. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={text.review.keysTitle} onClose={onClose}>
      <dl className="keys">
        {text.review.keys.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
