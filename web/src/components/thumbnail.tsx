interface Props {
  readonly sha256: string;
  readonly alt: string;
  readonly className?: string;
}

/** The small picture of a content: named by what the file is, so it can be no other's. */
export function Thumbnail({ sha256, alt, className }: Props) {
  return (
    <img
      src={`/api/v1/contents/${sha256}/thumbnail`}
      alt={alt}
      loading="lazy"
      decoding="async"
      draggable={false}
      {...(className === undefined ? {} : { className })}
    />
  );
}
