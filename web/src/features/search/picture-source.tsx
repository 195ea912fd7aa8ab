import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, dataOf } from "../../api/client";
import { text } from "../../config/text";

interface Props {
  /** `asset:12`, or the SHA-256 of a picture. */
  readonly name: string;
  readonly side: 256 | 1600;
  readonly alt: string;
}

/** A picture that is searched by, of the library or kept for a while; says so where it is gone. */
export function PictureSource({ name, side, alt }: Props) {
  const [isGone, setGone] = useState(false);
  const found = useQuery({
    queryKey: ["picture-source", name],
    queryFn: () => sourceOf(name),
    staleTime: Infinity,
  });
  if (isGone || found.isError) return <p className="small not-kept">{text.search.gone}</p>;
  if (found.data === undefined) return <div className="blank" />;
  return <img src={found.data[side]} alt={alt} draggable={false} onError={() => setGone(true)} />;
}

type Sources = Readonly<Record<Props["side"], string>>;

async function sourceOf(name: string): Promise<Sources> {
  // What a line says of itself tells which content an asset has, and whether a content is in the library.
  const q = `like:${name}`;
  const { parts } = await dataOf(api.GET("/api/v1/search/outline", { params: { query: { q } } }));
  const picture = parts[0]?.picture;
  const sha256 = picture?.sha256;
  if (sha256 == null) throw new Error(text.search.gone);
  if (picture?.asset == null) {
    const kept = `/api/v1/search/pictures/${sha256}`;
    return { 256: `${kept}?side=256`, 1600: `${kept}?side=1600` };
  }
  const content = `/api/v1/contents/${sha256}`;
  return { 256: `${content}/thumbnail`, 1600: `${content}/picture?side=1600` };
}
