import { Wrong } from "../../wrong";
import { text } from "../../../config/text";
import type { Details } from "../asked";
import { Tool } from "../tool";
import { Camera, Taken } from "./camera";
import { Elsewhere } from "./elsewhere";
import { Everything } from "./everything";
import { File } from "./file";
import { Found } from "./found";
import { Place } from "./place";
import { Written } from "./written";

interface Props {
  readonly details: Details | undefined;
  readonly error: Error | null;
  readonly onClose: () => void;
}

/** What is known of a picture, beside it. */
export function Panel({ details, error, onClose }: Props) {
  return (
    <aside className="viewer-panel" aria-label={text.viewer.panel}>
      <div className="row apart">
        <h3>{text.viewer.panel}</h3>
        <Tool icon="close" label={text.viewer.closePanel} onPress={onClose} />
      </div>
      {error === null ? null : <Wrong error={error} />}
      {details === undefined ? <Blank /> : <Known key={details.asset} details={details} />}
    </aside>
  );
}

function Known({ details }: { readonly details: Details }) {
  const { content } = details;
  return (
    <>
      {details.missing ? <p className="problem">{text.viewer.missing}</p> : null}
      {content === null ? (
        <p className="problem">{details.detail ?? text.viewer.refused}</p>
      ) : (
        <>
          <Taken content={content} />
          <Camera content={content} />
        </>
      )}
      <File details={details} />
      {content === null ? null : (
        <>
          <Place fields={content.metadata} />
          <Written details={details} fields={content.metadata} />
        </>
      )}
      <Elsewhere details={details} />
      <Found details={details} />
      {content === null ? null : <Everything content={content} />}
    </>
  );
}

const Blank = () => (
  <div className="stack" aria-label={text.loading} role="status">
    {[0, 1, 2, 3, 4].map((line) => (
      <div key={line} className="blank" />
    ))}
  </div>
);
