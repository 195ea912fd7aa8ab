import "./thumbnail.css";

interface Props {
  readonly sha256: string;
  readonly alt: string;
  readonly className?: string;
  /** Asked for at once, not only when the browser finds it in sight. */
  readonly eager?: boolean;
}

/** The small picture of a content: named by what the file is, so it can be no other's; it comes in softly. */
export function Thumbnail({ sha256, alt, className, eager = false }: Props) {
  return (
    <img
      // A picture of another content is another element: the old one never stands for the new.
      key={sha256}
      ref={shownAtOnce}
      src={`/api/v1/contents/${sha256}/thumbnail`}
      alt={alt}
      {...(eager ? {} : { loading: "lazy" })}
      decoding="async"
      draggable={false}
      className={className === undefined ? "thumbnail" : `thumbnail ${className}`}
      onLoad={(event) => shown(event.currentTarget)}
      onError={(event) => shown(event.currentTarget)}
    />
  );
}

/** Marked on the element itself: a grid of hundreds need not render again for each that comes. */
function shown(image: HTMLImageElement) {
  image.dataset["there"] ??= "softly";
}

/** What the browser has already is not faded in. */
function shownAtOnce(image: HTMLImageElement | null) {
  if (image?.complete) image.dataset["there"] = "at once";
}
