/** What is known of a picture before it is opened; the viewer asks for what is left out. */
export interface Picture {
  readonly asset: number;
  readonly sha256?: string;
  /** Width by height, upright. */
  readonly ratio?: number;
  readonly takenAt?: number | null;
  /** As the server tells it, see `lib/placeholder`. */
  readonly placeholder?: string | null;
}

/** A list of pictures of any length, in an order: positions are 0 to `count` - 1. */
export interface Source {
  /** Names the list, as the key of a query does. */
  readonly key: readonly unknown[];
  readonly count: number;
  /** The picture at a position; null where it is gone. */
  readonly at: (index: number) => Promise<Picture | null>;
  /** The same where it is known already, so that nothing is waited for. */
  readonly peek?: (index: number) => Picture | undefined;
  /** The position of a picture, so that its neighbours are found after a reload; null where it is not in the list. */
  readonly find?: (asset: number) => Promise<number | null>;
}

/** A list of one. */
export const alone = (picture: Picture): Source => ({
  key: ["alone", picture.asset],
  count: 1,
  at: () => Promise.resolve(picture),
  peek: () => picture,
});

/** What the viewer shows, and whom it tells. */
export interface ViewerProps {
  readonly source: Source;
  readonly index: number;
  readonly onMove: (index: number) => void;
  readonly onClose: () => void;
  /** Hears which picture is at the position, when it is known. */
  readonly onSeen?: (picture: Picture) => void;
  /** Offers to move a picture to the trash; asks, does it, and changes the list. */
  readonly onTrash?: (picture: Picture) => void;
}
