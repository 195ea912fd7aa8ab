import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { wellFormed } from "../../lib/well-formed";
import { usePreview } from "./asked";

/** Some pictures of a folder and of those in it, to know it by. */
export function Preview({ path }: { readonly path: string }) {
  const preview = usePreview(path);
  if (preview.data?.length === 0) return null;
  return (
    <ul className="preview" aria-label={text.folders.preview}>
      {preview.data === undefined
        ? Array.from({ length: 6 }, (_, number) => <li key={number} className="blank" />)
        : preview.data.map((asset) => (
            <li key={asset.path} title={wellFormed(nameOf(asset.path))}>
              <Thumbnail sha256={asset.sha256 ?? ""} alt={wellFormed(nameOf(asset.path))} />
            </li>
          ))}
    </ul>
  );
}
